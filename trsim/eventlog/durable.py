"""Files that are there completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_new_file(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet and wait until the disk has it.

    Parameters
    ----------
    path : Path
        A name nobody uses yet.
    content : bytes
        All of the file.

    Raises
    ------
    OSError
        Anything the system refuses, with the name of the file; what was written so far is left
        to the caller.
    """
    try:
        with open(path, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        # The system names a file only when it is opened, not when it cannot be written.
        problem.filename = os.fspath(path)
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can do that.

    Raises
    ------
    OSError
        The folder cannot be opened or flushed.
    """
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as problem:
        problem.filename = os.fspath(folder)
        raise
    finally:
        os.close(number)


def replace_file(path: Path, content: bytes) -> None:
    """Give a file new content; at every moment it has either the old or the new one.

    Parameters
    ----------
    path : Path
        The file, which may exist; its folder must.
    content : bytes
        All of the new content.

    Raises
    ------
    OSError
        Anything the system refuses; no other file is left behind.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_new_file(scratch, content)
        os.replace(scratch, path)
    except FileExistsError:
        raise
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
