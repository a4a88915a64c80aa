"""Ctrl-C and SIGTERM: the first ends the work in good order, the second the process at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """Somebody asked the process to stop.

    Parameters
    ----------
    number : int
        The signal that came.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)

    @property
    def word(self) -> str:
        """What happened, for a message."""
        return "interrupted" if self.number == signal.SIGINT else "terminated"

    @property
    def exit_code(self) -> int:
        """What shells report for a process that a signal ended: 130 or 143."""
        return 128 + self.number


class _Requests:
    """Remembers that a stop was asked for."""

    def __init__(self) -> None:
        self.number = 0

    def take(self, number: int, frame: FrameType | None) -> None:
        """Receive a signal; the next one is left to the system."""
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        self.number = number
        raise Stopped(number)


_requests = _Requests()


def stop_if_asked() -> None:
    """Raise again what a signal raised before.

    An exception out of a signal handler may be lost: the compiler of Python drops what comes
    while it folds constants, and libraries drop what comes inside their callbacks.  Long work
    calls this now and then.
    """
    if _requests.number:
        raise Stopped(_requests.number)


@contextmanager
def signals_raise() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into :class:`Stopped`; a signal that is ignored stays ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    _requests.number = 0
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, _requests.take)
    except ValueError:  # only the main thread may; elsewhere things stay as they are
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
