"""The exceptions of trsim, all in one tree.

::

    TrsimError                       everything below; carries ``exit_code``
    ├── UsageError (ValueError)      a verb was called with something it cannot use
    ├── CommandError                 the core refuses a command and changes nothing
    │   ├── IllegalTransition        the object's status does not allow it
    │   ├── UnknownObject            the command names an object that is not there
    │   ├── InvalidCommand           a value of the command is out of bounds (ValueError)
    │   └── ClockError               the command's time is out of order
    ├── ExpressionError (ValueError) a routing expression cannot be parsed
    ├── ScenarioError (ValueError)   a scenario file has problems, all of them listed
    ├── LimitExceeded                a run hit a limit or a goal was missed
    ├── ExperimentError              replications of an experiment could not be done (RuntimeError)
    └── OutputError (OSError)        a result cannot be written

Every exception carries its facts as fields, so that callers need not read the text, and can be
made again from its ``args``, so that it survives pickling.  Mistakes of trsim itself are
assertions, never one of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class TrsimError(Exception):
    """Anything trsim refuses to do, with the exit code of the command line.

    Attributes
    ----------
    exit_code : int
        What ``trsim`` exits with when this reaches the command line.
    """

    exit_code = 1

    def __str__(self) -> str:
        """Return the message."""
        return self._message()

    def _message(self) -> str:
        return super().__str__()


class UsageError(TrsimError, ValueError):
    """A verb of the public interface was called with something it cannot use."""

    exit_code = 2


class CommandError(TrsimError):
    """The core refused a command; nothing was changed and nothing was logged.

    Attributes
    ----------
    http_status : int
        The status that TaskRouter's REST interface answers in this case.
    """

    http_status = 400


class IllegalTransition(CommandError):
    """A command that the status of its object does not allow.

    Parameters
    ----------
    subject : str
        The object in words, for example ``"reservation 3 of task 17"``.
    status : str
        The status the object has, in TaskRouter's spelling.
    command : str
        What was asked, for example ``"accept"``.
    allowed : iterable of str
        The statuses in which the command would be allowed.
    possible : iterable of str
        What could be asked of the object in the status it has.
    http_status : int
        410 for the acceptance of a rescinded reservation, else 400
        (Twilio, "Reservations resource").
    """

    def __init__(
        self,
        subject: str,
        status: str,
        command: str,
        allowed: Iterable[str] = (),
        possible: Iterable[str] = (),
        http_status: int = 400,
    ) -> None:
        self.subject = subject
        self.status = status
        self.command = command
        self.allowed = tuple(allowed)
        self.possible = tuple(possible)
        self.http_status = http_status
        super().__init__(subject, status, command, self.allowed, self.possible, http_status)

    def _message(self) -> str:
        text = f"cannot {self.command} {self.subject}: it is {self.status}"
        if self.allowed:
            text += f"; only {' or '.join(self.allowed)} allows that"
        return f"{text}; possible now: {', '.join(self.possible) or 'nothing'}"


class UnknownObject(CommandError, LookupError):
    """A command names a task, reservation, worker or other object that is not there.

    Parameters
    ----------
    kind : str
        What the command was looking for, for example ``"task"``.
    identity : object
        The number or name it used.
    allowed : str
        What would have been accepted, in words.
    """

    http_status = 404

    def __init__(self, kind: str, identity: object, allowed: str = "") -> None:
        self.kind = kind
        self.identity = identity
        self.allowed = allowed
        super().__init__(kind, identity, allowed)

    def _message(self) -> str:
        text = f"there is no {self.kind} {self.identity!r}"
        return f"{text}; {self.allowed}" if self.allowed else text


class InvalidCommand(CommandError, ValueError):
    """A command whose values no workspace could accept.

    Parameters
    ----------
    command : str
        What was asked, for example ``"create task"``.
    reason : str
        Which value is wrong, what was found and what is allowed.
    """

    def __init__(self, command: str, reason: str) -> None:
        self.command = command
        self.reason = reason
        super().__init__(command, reason)

    def _message(self) -> str:
        return f"cannot {self.command}: {self.reason}"


class ClockError(CommandError):
    """A time that lies before what has already happened, or beyond an unfired deadline.

    Parameters
    ----------
    now_ms : int
        The time that was passed [ms].
    bound_ms : int
        The time it conflicts with [ms].
    reason : str
        What the conflict is, in words.
    """

    def __init__(self, now_ms: int, bound_ms: int, reason: str) -> None:
        self.now_ms = now_ms
        self.bound_ms = bound_ms
        self.reason = reason
        super().__init__(now_ms, bound_ms, reason)

    def _message(self) -> str:
        return f"cannot go on at {self.now_ms} ms: {self.reason} {self.bound_ms} ms"


class ExpressionError(TrsimError, ValueError):
    """A routing expression that cannot be parsed, with the place marked by a caret.

    Parameters
    ----------
    text : str
        The whole expression.
    position : int
        Index of the character at which it stops making sense, 0 … ``len(text)``.
    reason : str
        What is wrong there and what was expected.
    """

    exit_code = 2

    def __init__(self, text: str, position: int, reason: str) -> None:
        self.text = text
        self.position = position
        self.reason = reason
        super().__init__(text, position, reason)

    def _message(self) -> str:
        window = max(0, self.position - 60)
        shown = self.text[window : self.position + 60].replace("\n", " ").replace("\t", " ")
        shown = "".join(char if char.isprintable() else "?" for char in shown)
        return f"{self.reason}\n  {shown}\n  {' ' * (self.position - window)}^"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or suspicious, in a file.

    Attributes
    ----------
    file : str
        The file as the user named it.
    line, column : int
        Place of the key or value, counted from 1; 0 where the file has no such place.
    path : str
        The key path, for example ``workflows.front_door.task_reservation_timeout``.
    reason : str
        What is wrong, what was found and what is allowed, in one line.
    """

    file: str
    line: int
    column: int
    path: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.reason}" if self.path else f"{place}: {self.reason}"


class ScenarioError(TrsimError, ValueError):
    """A scenario, or a file it names, that cannot be used; lists all problems found.

    Parameters
    ----------
    problems : iterable of Problem
        In the order of their places in the file.
    """

    exit_code = 2
    SHOWN = 50

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def _message(self) -> str:
        lines = [str(problem) for problem in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            lines.append(f"and {len(self.problems) - self.SHOWN} more problems")
        return "\n".join(lines)


class LimitExceeded(TrsimError):
    """A run was stopped by a limit, or a goal of the scenario was missed."""

    exit_code = 3


class ExperimentError(TrsimError, RuntimeError):
    """Some replications of an experiment could not be done: their processes died."""

    exit_code = 3


class OutputError(TrsimError, OSError):
    """A result cannot be written; what was there before is untouched."""

    exit_code = 4
