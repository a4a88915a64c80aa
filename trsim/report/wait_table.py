"""Where waiting comes from, as a table for the console: a line for each queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from trsim.analysis.kpi_table import KpiTable
from trsim.analysis.kpis import CAUSES, share_name
from trsim.analysis.study import Study
from trsim.report.figures import estimate_text, figure
from trsim.report.wording import printable

_HEADS: Final = {
    "wait_ringing": "ringing",
    "wait_set_up": "set-\nup",
    "wait_lost_offers": "rang for\nnothing",
    "wait_for_deadline": "for a\ndeadline",
    "wait_nobody_free": "nobody\nfree",
    "wait_held_back": "held\nback",
}
assert tuple(_HEADS) == tuple(CAUSES), "every part of a wait has its column"
_ONLY_IF_ANY: Final = frozenset({"wait_set_up", "wait_held_back"})
"""Parts that most scenarios rule out."""


def wait_table(study: Study) -> Iterator[RenderableType]:
    """Yield the table; nothing if nobody waited, or the model is not known.

    Parameters
    ----------
    study : Study
        One replication or several.
    """
    whole = study.kpis()
    if not _waited(whole):
        return
    parts = [
        name for name in _HEADS if whole[share_name(name)].estimate or name not in _ONLY_IF_ANY
    ]
    columns = (Column(_HEADS[name], justify="right", overflow="fold") for name in parts)
    shown = Table(
        Column("Where the wait\ncomes from", overflow="fold"),
        Column("wait\nper task", justify="right", overflow="fold"),
        *columns,
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name, table in _lines(study, whole):
        cells = (figure(table[share_name(part)].estimate, "share") for part in parts)
        shown.add_row(Text(printable(name)), estimate_text(table["wait_per_task"]), *cells)
    yield shown


def _waited(table: KpiTable) -> bool:
    value = table["wait_per_task"]
    return bool(value.estimate) or value.missing is not None


def _lines(study: Study, whole: KpiTable) -> Iterator[tuple[str, KpiTable]]:
    """Yield the queues in which anybody waited; their sum, too, if there are several queues."""
    queues = [group for group in study.group_measures[0] if group[0] == "queue"]
    for group in queues:
        table = study.table_of_group(group)
        if _waited(table):
            yield group[1], table
    if len(queues) > 1:
        yield "all tasks", whole
