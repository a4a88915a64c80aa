"""Files that are there completely or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO


def copy_to_new_file(source: Path, path: Path) -> None:
    """Copy a file to a name nobody uses yet and wait until the disk has it.

    Parameters
    ----------
    source : Path
        What is copied; only a part of it is in memory at a time.
    path : Path
        A name nobody uses yet.

    Raises
    ------
    OSError
        As for :func:`write_new_file`.
    """
    try:
        with open(source, "rb") as original, open(path, "xb") as file:
            shutil.copyfileobj(original, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        problem.filename = problem.filename or os.fspath(path)
        raise


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


class Replacement:
    """New content for a file, written piece by piece beside it under another name.

    As a context it is kept at the end of the block and dropped when an exception leaves it.

    Parameters
    ----------
    path : Path
        The file, which may exist; its folder must.

    Attributes
    ----------
    file : BinaryIO
        Takes the new content.

    Raises
    ------
    OSError
        Nothing can be written beside the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self.file: BinaryIO = open(self._scratch, "xb")  # noqa: SIM115 (closed by keep and drop)

    def keep(self) -> None:
        """Put the new content in the place of the old, once the disk has it.

        Raises
        ------
        OSError
            Anything the system refuses.  Unless only the flushing of the folder failed, the old
            content is in place and the new is gone.
        """
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            os.replace(self._scratch, self._path)
        except BaseException as problem:
            self.drop()
            if isinstance(problem, OSError):
                problem.filename = os.fspath(self._path)
            raise
        sync_folder(self._path.parent)

    def drop(self) -> None:
        """Leave the old content as it is, and nothing beside it."""
        try:
            self.file.close()
        except OSError:
            # What could not be written is not wanted any more.
            pass
        finally:
            self._scratch.unlink(missing_ok=True)

    def __enter__(self) -> BinaryIO:
        return self.file

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        if problem is None:
            self.keep()
        else:
            self.drop()


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
    with Replacement(path) as file:
        file.write(content)
