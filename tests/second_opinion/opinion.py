"""A second opinion on every figure: SQL over the event log of a run folder, nothing else.

The ``.sql`` files beside this one are written from the definitions (``trsim run --definitions``)
and from what rows mean (:class:`trsim.core.events.Row`).  They share nothing with
``trsim/analysis``: DuckDB reads the Parquet file by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from trsim.analysis.kpi import Fraction
from trsim.analysis.sample import Criteria

HERE = Path(__file__).parent

_READ = """
CREATE TABLE row AS
SELECT file_row_number AS place, * FROM read_parquet(getvariable('events'), file_row_number = true);

CREATE TABLE activity AS
SELECT unnest(about.names.activities) AS name, unnest(about.names.available) AS available
FROM (
    SELECT from_json(
        decode(value), '{"names": {"activities": ["VARCHAR"], "available": ["BOOLEAN"]}}'
    ) AS about
    FROM parquet_kv_metadata(getvariable('events'))
    WHERE decode(key) = 'trsim'
);
"""


class Opinion:
    """What SQL makes of a log.

    Parameters
    ----------
    events : Path
        ``events.parquet`` of a run folder.
    criteria : Criteria
        What is counted, as the scenario says.
    """

    def __init__(self, events: Path, criteria: Criteria) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")
        self._set("events", str(events))
        for name in ("warm_up_ms", "horizon_ms", "threshold_ms"):
            self._set(name, getattr(criteria, name))
        self._connection.execute(_READ)
        self._connection.execute(_text("facts"))

    def figures(self, queue: str | None = None, stream: str | None = None) -> dict[str, Fraction]:
        """Return numerator and denominator of each figure of tasks and offers.

        Parameters
        ----------
        queue, stream : str, optional
            Of one queue, or of one stream; left out: of the whole run.
        """
        self._set("of_queue", queue)
        self._set("of_stream", stream)
        self._connection.execute(_text("sample"))
        return {name: (part, whole) for name, part, whole in self.rows("figures")}

    def worker_time(self) -> dict[str, Fraction]:
        """Return numerator and denominator of each figure of workers."""
        self.figures()
        self._connection.execute(_text("pieces"))
        return {name: (part, whole) for name, part, whole in self.rows("worker_time")}

    def rows(self, file: str) -> list[tuple[Any, ...]]:
        """Return what the query in a file beside this one says."""
        return self.ask(_text(file))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query says."""
        return self._connection.execute(query).fetchall()

    def add(self, statements: str) -> None:
        """Give the log company: tables that a query needs and the rows do not hold."""
        self._connection.execute(statements)

    def _set(self, name: str, value: str | int | None) -> None:
        self._connection.execute(f"SET VARIABLE {name} = ?", [value])


def _text(file: str) -> str:
    return (HERE / f"{file}.sql").read_text()
