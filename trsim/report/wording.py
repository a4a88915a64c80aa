"""How instants and names are spelled in reports.

Instants become clock labels where the model has a start, else time since the start of the run.
Durations are spelled as scenario files spell them: :func:`trsim.scenario.values.duration_text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000


def printable(text: str) -> str:
    r"""Return a text of the user's with everything escaped that could steer a terminal.

    Examples
    --------
    >>> print(printable("red\x1b[31m"))
    red\x1b[31m
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str, width: int) -> str:
    """Return a text that is at most ``width`` characters long, cut off with an ellipsis.

    Examples
    --------
    >>> shortened("Technical, premium customers", 12)
    'Technical, …'
    """
    return text if len(text) <= width else text[: width - 1] + "…"


def column_text(text: str) -> str:
    """Return a name for a column of aligned text, where two blanks in a row end a column."""
    return " ".join(printable(text).split())


@dataclass(frozen=True, slots=True)
class Clock:
    """Spells instants of a run.

    Attributes
    ----------
    start : datetime or None
        Wall-clock label of time 0.
    to_the_ms : bool
        Whether short labels show milliseconds.
    long : bool
        Whether short labels show hours (without a start) or the date (with one).
    """

    start: datetime | None
    to_the_ms: bool = True
    long: bool = True

    @classmethod
    def for_instants(cls, start: str | None, instants_ms: list[int]) -> Clock:
        """Return the shortest clock that tells all the instants apart.

        Parameters
        ----------
        start : str or None
            Wall-clock label of time 0, ISO 8601.
        instants_ms : list of int
            What will be spelled [ms].
        """
        label = None if start is None else datetime.fromisoformat(start)
        exact = any(at_ms % _SECOND for at_ms in instants_ms)
        latest = max(instants_ms, default=0)
        if label is None:
            return cls(None, exact, latest >= _HOUR)
        return cls(label, exact, (label + timedelta(milliseconds=latest)).date() != label.date())

    def stamp(self, at_ms: int) -> str:
        """Return an instant in full; labels of one run have equal length and sort by time."""
        if self.start is not None:
            return self._wall(at_ms).isoformat(timespec="milliseconds")
        hours, rest = divmod(at_ms, _HOUR)
        return f"+{hours:02d}:{self._minutes(rest, to_the_ms=True)}"

    def label(self, at_ms: int) -> str:
        """Return an instant as short as it can be."""
        if self.start is not None:
            wall = self._wall(at_ms)
            text = wall.strftime("%Y-%m-%d %H:%M:%S" if self.long else "%H:%M:%S")
            return f"{text}.{wall.microsecond // 1000:03d}" if self.to_the_ms else text
        hours, rest = divmod(at_ms, _HOUR)
        minutes = self._minutes(rest, to_the_ms=self.to_the_ms)
        return f"+{hours}:{minutes}" if self.long else f"+{minutes}"

    def _wall(self, at_ms: int) -> datetime:
        assert self.start is not None, "only a clock with a start has wall-clock labels"
        return self.start + timedelta(milliseconds=at_ms)

    @staticmethod
    def _minutes(rest_ms: int, *, to_the_ms: bool) -> str:
        minutes, rest = divmod(rest_ms, _MINUTE)
        seconds, thousandths = divmod(rest, _SECOND)
        text = f"{minutes:02d}:{seconds:02d}"
        return f"{text}.{thousandths:03d}" if to_the_ms else text
