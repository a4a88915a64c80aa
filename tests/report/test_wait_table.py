"""The table of where waiting comes from."""

from __future__ import annotations

from rich.console import Console, Group

import trsim
from tests.analysis.test_attribution import desk, stream
from trsim.analysis.study import Study
from trsim.report.tables import overview
from trsim.report.wait_table import wait_table


def drawn(study: Study, width: int = 80) -> list[str]:
    console = Console(width=width, markup=False, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(Group(*wait_table(study)))
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_each_queue_has_a_line_and_so_have_all_tasks() -> None:
    lines = drawn(trsim.replicate(desk(), replications=2))
    assert lines == [
        "Where the wait wait rang for for a nobody",
        "comes from per task ringing nothing deadline free",
        "first 4.0 s 100.0 % 0.0 % 0.0 % 0.0 %",
        "second 24.0 s 16.7 % 0.0 % 83.3 % 0.0 %",
        "all tasks 14.0 s 28.6 % 0.0 % 71.4 % 0.0 %",
    ]


def test_rare_parts_have_their_column_only_if_there_are_any() -> None:
    lines = drawn(trsim.replicate(desk(task_channels={"voice": {"setup_delay": "4s"}})))
    assert "set-" in lines[0]
    assert lines[2] == "first 8.0 s 50.0 % 50.0 % 0.0 % 0.0 % 0.0 %"
    assert not any("held" in line for line in lines)


def test_queues_in_which_nobody_waited_have_no_line() -> None:
    lines = drawn(trsim.replicate(desk(tasks={"calls": stream(0)})))
    assert [line.split()[0] for line in lines[2:]] == ["first", "all"]


def test_nothing_is_shown_where_nobody_waited() -> None:
    assert drawn(trsim.replicate(desk(tasks={}))) == []


def test_it_is_part_of_the_overview_and_no_wider_than_the_console() -> None:
    console = Console(width=80, markup=False, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(overview(trsim.replicate(desk())))
    lines = capture.get().splitlines()
    assert any(line.startswith("Where the wait") for line in lines)
    assert max(len(line.rstrip()) for line in lines) <= 80
