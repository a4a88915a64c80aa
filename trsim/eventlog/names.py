"""What the numbers of a log stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from trsim.core.events import EventType
from trsim.core.states import Reason, ReservationStatus, TaskStatus
from trsim.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the numbers of a log, in the order of the numbers.

    Raises
    ------
    UsageError
        A name occurs twice where names must tell things apart, or ``available`` and
        ``activities`` differ in length.
    """

    activities: tuple[str, ...]
    available: tuple[bool, ...]
    """Whether a worker in the activity may be offered tasks, one for each activity."""
    channels: tuple[str, ...]
    queues: tuple[str, ...]
    workflows: tuple[str, ...]
    workers: tuple[str, ...]
    streams: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """A label for each target, numbered through all configurations; labels may repeat."""
    attribute_sets: tuple[str, ...] = ()
    """Attribute sets of tasks, each a JSON text."""

    def __post_init__(self) -> None:
        if len(self.available) != len(self.activities):
            raise UsageError(
                f"{len(self.activities)} activities need as many marks of availability, "
                f"not {len(self.available)}"
            )
        for kind in _DISTINCT:
            names = getattr(self, kind)
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise UsageError(f"{kind} of a log must differ, but {twice!r} occurs twice")

    def as_dict(self) -> dict[str, Any]:
        """Return plain lists and texts, ready for JSON."""
        return {key: list(value) for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Names:
        """Return the names that :meth:`as_dict` wrote down.

        Raises
        ------
        UsageError
            A key is missing or unknown, or a value has another type.
        """
        known = {field.name for field in fields(cls)}
        if set(content) != known:
            raise UsageError(f"names of a log must have the keys {', '.join(sorted(known))}")
        for key, value in content.items():
            item = bool if key == "available" else str
            if not isinstance(value, list) or not all(isinstance(x, item) for x in value):
                raise UsageError(f"{key} of a log must be a list of {item.__name__}")
        return cls(**{key: tuple(value) for key, value in content.items()})

    def of_column(self, column: str) -> tuple[str, ...] | None:
        """Return the words for the numbers of a column, None for a column of plain numbers.

        Parameters
        ----------
        column : str
            A field of :class:`~trsim.core.events.Row`.
        """
        if column in _WORDS:
            return _WORDS[column]
        kind = _KINDS.get(column)
        return None if kind is None else getattr(self, kind)


_DISTINCT = (
    "activities",
    "channels",
    "queues",
    "workflows",
    "workers",
    "streams",
    "attribute_sets",
)
_KINDS = {
    "worker": "workers",
    "queue": "queues",
    "workflow": "workflows",
    "channel": "channels",
    "activity": "activities",
    "attributes": "attribute_sets",
    "stream": "streams",
}
_WORDS = {
    "event": tuple(event.label for event in EventType),
    "task_status": tuple(status.label for status in TaskStatus),
    "reservation_status": tuple(status.label for status in ReservationStatus),
    "reason": tuple(reason.label for reason in Reason),
}


def decoded(
    numbers: NDArray[np.signedinteger], words: tuple[str, ...] | None
) -> NDArray[np.signedinteger] | pd.Categorical:
    """Return a column for people: words in their order for numbers, missing where it is -1.

    Parameters
    ----------
    numbers : ndarray, shape (n_rows,)
        A column of a log, or of a table made from one.
    words : tuple of str, or None
        What the numbers stand for; None: they are just numbers.
    """
    if words is None:
        return numbers
    import pandas as pd

    return pd.Categorical.from_codes(numbers, pd.Index(words, dtype="str"), ordered=True)
