"""All work in this process, one piece after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from trsim.parallel.backend import Lost

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class Serial:
    """The place of work that needs no other process."""

    workers = 1

    def run(
        self, work: Callable[[Piece], Answer], pieces: Iterable[Piece]
    ) -> Generator[tuple[int, Answer | Lost], None, None]:
        """Yield what comes of each piece, in their order; see :class:`Backend`."""
        for index, piece in enumerate(pieces):
            yield index, work(piece)

    def close(self) -> None:
        """Nothing is held, so there is nothing to give back."""
