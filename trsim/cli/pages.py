"""Writing a page: over a free place or one of its own kind, never over anything else."""

from __future__ import annotations

from pathlib import Path

from trsim.errors import OutputError

_HEAD_BYTES = 400
"""A page says at its beginning by what it was made."""


def refuse_foreign(path: Path, generator: str, command: str) -> None:
    """Stop unless the place is free, or has a page like the one to be written.

    Parameters
    ----------
    path : Path
        Where the page goes.
    generator : str
        What pages of its kind say they were made by.
    command : str
        The command that makes them, for the message.

    Raises
    ------
    OutputError
        There is something else, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            ours = f'content="{generator}"'.encode() in file.read(_HEAD_BYTES)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
    if not ours:
        raise OutputError(f"cannot write {path}: it exists, and is no page of {command!r}")


def write_page(path: Path, content: bytes) -> None:
    """Write a page, completely or not at all.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    from trsim.eventlog.durable import replace_file

    try:
        replace_file(path, content)
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror or problem}") from problem
