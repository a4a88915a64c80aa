"""The command line: one module for each command, and one place for exit codes.

Modules load heavy libraries inside the functions that need them, so that ``trsim --help`` and
``trsim validate`` answer at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the name of the program; left out: as it was called.
    """
    try:
        from trsim.cli.shell import run_commands
    except KeyboardInterrupt:
        return 130
    return run_commands(sys.argv[1:] if arguments is None else arguments)
