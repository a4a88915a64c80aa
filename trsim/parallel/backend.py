"""What every place of work can do: take pieces of work, and hand back what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Lost:
    """A piece of work of which nothing came back.

    Attributes
    ----------
    reason : str
        Why, in words.
    """

    reason: str


class Backend(Protocol):
    """A place of work.

    Which backend does the work never changes what comes of it, only the order in which it comes.
    """

    @property
    def workers(self) -> int:
        """How many pieces are worked on at the same time, >= 1."""
        ...

    def run(
        self, work: Callable[[Piece], Answer], pieces: Iterable[Piece]
    ) -> Generator[tuple[int, Answer | Lost], None, None]:
        """Yield what comes of each piece with its index, as soon as it comes.

        Parameters
        ----------
        work : callable
            A function of one piece, free of side effects; picklable, as pieces and answers are.
        pieces : iterable
            The work.  It is taken piece by piece, a few more than there are workers, so that
            later pieces may be made with what came of the first ones in mind.

        Yields
        ------
        tuple of (int, object or Lost)
            Every index once, in the order in which pieces are finished.  A piece whose worker
            process dies is tried once more, alone, and then given up as :class:`Lost`.

        Raises
        ------
        Exception
            What ``work`` raises; then nothing more is begun.

        Notes
        -----
        Closing the generator early, or an exception in it, ends all work at once.
        """
        ...

    def close(self) -> None:
        """Give back processes and connections; does nothing the second time."""
        ...
