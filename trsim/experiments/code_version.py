"""What made a figure: figures of another version of trsim are other figures."""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from pathlib import Path
from typing import Final

import trsim.errors

_PACKAGES: Final = ("trsim", "numpy", "simpy")
"""What draws and the order of events depend on."""


@cache
def code_version() -> str:
    """Return what tells this version of trsim from every other one.

    Returns
    -------
    str
        SHA-256 over the package's sources, with their names, and over the versions of trsim and
        of the libraries that its draws and its clock come from.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        digest.update(f"{package} {_version(package)}\n".encode())
    root = Path(trsim.errors.__file__).parent
    sources = {path.relative_to(root).as_posix(): path for path in root.rglob("*.py")}
    for name, path in sorted(sources.items()):
        content = path.read_bytes()
        # The length keeps the end of one file from passing for the begin of the next.
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
