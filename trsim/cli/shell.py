"""The one place where exceptions become messages and exit codes.

=====  ==============================================================
0      done
1      a fault of trsim itself
2      misuse, or a scenario that cannot be used
3      a goal of the scenario was missed, or a limit was hit
4      output cannot be written
130    interrupted (Ctrl-C)
141    whoever read standard output went away
143    terminated
=====  ==============================================================
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Sequence

import click

from trsim.cli.commands import trsim
from trsim.cli.stopping import Stopped, signals_raise, stop_if_asked
from trsim.cli.streams import (
    abandon_output,
    finish_output,
    prepare_streams,
    talk,
    visible,
)
from trsim.errors import ScenarioError, TrsimError
from trsim.report.wording import printable

_INTERNAL, _MISUSE, _CLOSED_PIPE = 1, 2, 141


def run_commands(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; what goes wrong is said on stderr.

    Parameters
    ----------
    arguments : sequence of str
        What follows the name of the program.
    """
    try:
        with signals_raise():
            return _answered(list(arguments))
    except (Stopped, KeyboardInterrupt) as stop:
        return _stopped(stop)


def _answered(arguments: list[str]) -> int:
    try:
        prepare_streams()
        code = _invoke(arguments)
        stop_if_asked()
        finish_output()
    except BrokenPipeError:
        abandon_output()
        return _CLOSED_PIPE
    except Exception as problem:
        stop_if_asked()  # a library may have made something else of it
        return _failed(problem)
    return code


def _invoke(arguments: list[str]) -> int:
    completion = os.environ.get("_TRSIM_COMPLETE")
    if completion:
        from click.shell_completion import shell_complete

        return shell_complete(trsim, {}, "trsim", "_TRSIM_COMPLETE", completion)
    try:
        with trsim.make_context("trsim", arguments, auto_envvar_prefix="TRSIM") as context:
            trsim.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return 0


def _failed(problem: Exception) -> int:
    """Say what went wrong; return the exit code."""
    if isinstance(problem, ScenarioError):
        talk(visible(str(problem)))
        code = problem.exit_code
    elif isinstance(problem, TrsimError):
        talk(visible(f"trsim: {problem}"))
        code = problem.exit_code
    elif isinstance(problem, click.exceptions.NoArgsIsHelpError):
        talk(problem.message)
        return _MISUSE
    elif isinstance(problem, click.ClickException):
        talk(visible(_misuse(problem)))
        code = _MISUSE
    else:
        talk(_internal_fault(problem))
        code = _INTERNAL
    if os.environ.get("TRSIM_DEBUG") == "1":
        talk("".join(traceback.format_exception(problem)).rstrip())
    # What was written before the failure is kept where that is still possible.
    try:
        finish_output()
    except (TrsimError, BrokenPipeError):
        abandon_output()
    return code


def _misuse(problem: click.ClickException) -> str:
    message = problem.format_message()
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    if context is None:
        return f"trsim: {message}"
    path = context.command_path
    return f"{path}: {message}\nTry '{path} --help'."


def _internal_fault(problem: Exception) -> str:
    places = traceback.extract_tb(problem.__traceback__)
    where = f" at {os.path.basename(places[-1].filename)}:{places[-1].lineno}" if places else ""
    what = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
    return printable(
        f"trsim: internal fault ({what}){where}; this is a mistake of trsim, please report it "
        "with the scenario (TRSIM_DEBUG=1 shows the traceback)"
    )


def _stopped(stop: Stopped | KeyboardInterrupt) -> int:
    """Say that the work was cut short."""
    signaled = stop if isinstance(stop, Stopped) else Stopped(signal.SIGINT)
    talk(f"trsim: {signaled.word} before the end")
    abandon_output()
    return signaled.exit_code
