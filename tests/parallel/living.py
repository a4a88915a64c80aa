"""Which processes live."""

from __future__ import annotations

from pathlib import Path


def living(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked about since does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
