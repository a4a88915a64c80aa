"""The tables of a run folder, row by row, as SQL works them out from its event log."""

from __future__ import annotations

import pytest

from tests.second_opinion.folders import Folder
from tests.second_opinion.opinion import Opinion

FROM_THE_LOG = {
    "tasks": """
        SELECT task, stream, queue, first_offer_ms, created_ms, assigned_ms, wrapping_ms,
            coalesce(completed_ms, canceled_ms, removed_ms), wait_ms, reason,
            coalesce(open_status, CASE
                WHEN completed_ms IS NOT NULL THEN 'completed'
                WHEN canceled_ms IS NOT NULL THEN 'canceled'
                ELSE 'removed'
            END),
            (SELECT count(*) FROM offer WHERE offer.task = task.task),
            (SELECT count(DISTINCT created_ms) FROM offer WHERE offer.task = task.task),
            created_ms >= getvariable('warm_up_ms')
        FROM task
        ORDER BY task
    """,
    "reservations": """
        SELECT reservation, task, worker, queue, created_ms, on_hold_ms, ended_ms,
            coalesce(replace(ending, 'reservation.', ''), 'pending'),
            rang_until_ms - created_ms
        FROM offer
        ORDER BY reservation
    """,
    "workers": """
        SELECT worker,
            (SELECT count(*) FROM asked WHERE asked.worker = kind.worker),
            (SELECT count(*) FROM asked
             WHERE asked.worker = kind.worker AND ending = 'reservation.timeout'),
            sum(CASE WHEN kind = 'busy' THEN ms ELSE 0 END),
            sum(CASE WHEN kind = 'setup' THEN ms ELSE 0 END),
            sum(CASE WHEN kind = 'ringing' THEN ms ELSE 0 END),
            sum(CASE WHEN kind = 'idle' THEN ms ELSE 0 END),
            sum(CASE WHEN kind = 'away' THEN ms ELSE 0 END)
        FROM kind
        GROUP BY worker
        ORDER BY worker
    """,
}
MS = "CASE WHEN NOT isnan({0}) THEN round(1000 * {0})::BIGINT END"
FROM_THE_TABLE = {
    "tasks": """
        SELECT task, stream, queue, <first_offer_s>, <created_s>, <assigned_s>, <wrapping_s>,
            <ended_s>, <wait_s>, reason, status, offers, batches, counted
        FROM read_parquet('{file}')
        ORDER BY task
    """,
    "reservations": """
        SELECT reservation, task, worker, queue, <created_s>, <on_hold_s>, <answered_s>, answer,
            <ringing_s>
        FROM read_parquet('{file}')
        ORDER BY reservation
    """,
    "workers": """
        SELECT worker, offers, timed_out, <busy_s>, <setup_s>, <ringing_s>, <idle_s>, <away_s>
        FROM read_parquet('{file}')
        ORDER BY worker
    """,
}


@pytest.mark.parametrize("table", FROM_THE_LOG)
def test_each_row(folder: Folder, opinion: Opinion, table: str) -> None:
    opinion.worker_time()  # makes the pieces of worker time
    query = FROM_THE_TABLE[table].format(file=folder.path / f"{table}.parquet")
    for column in query.split("<")[1:]:
        name = column.partition(">")[0]
        query = query.replace(f"<{name}>", MS.format(name))
    second = opinion.ask(FROM_THE_LOG[table])
    assert opinion.ask(query) == second
    assert second
