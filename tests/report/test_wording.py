"""Spelling of instants and names."""

from __future__ import annotations

from datetime import datetime

import pytest

from trsim.report.wording import Clock, column_text, printable


@pytest.mark.parametrize(
    ("instants", "label"),
    [
        ([25_000], "+00:25"),
        ([25_000, 25_001], "+00:25.000"),
        ([25_000, 3_600_000], "+0:00:25"),
    ],
)
def test_a_label_is_as_short_as_the_run_allows(instants: list[int], label: str) -> None:
    assert Clock.for_instants(None, instants).label(25_000) == label


@pytest.mark.parametrize(
    ("instants", "label"),
    [
        ([0, 25_000], "08:00:25"),
        ([0, 25_500], "08:00:25.000"),
        ([0, 86_400_000], "2026-03-02 08:00:25"),
    ],
)
def test_with_a_start_labels_are_clock_times(instants: list[int], label: str) -> None:
    assert Clock.for_instants("2026-03-02T08:00", instants).label(25_000) == label


def test_stamps_of_a_run_sort_as_text_and_show_milliseconds() -> None:
    clock = Clock(None)
    instants = [0, 999, 59_999, 60_000, 3_599_999, 3_600_000, 90_000_000]
    stamps = [clock.stamp(at_ms) for at_ms in instants]
    assert stamps == sorted(stamps)
    assert stamps[0] == "+00:00:00.000"
    assert stamps[-1] == "+25:00:00.000"
    assert Clock(datetime(2026, 3, 2, 8)).stamp(1) == "2026-03-02T08:00:00.001"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Anna-Lena", "Anna-Lena"), ("a\x1b[31m", r"a\x1b[31m"), ("a\nb", r"a\nb"), ("Jiří", "Jiří")],
)
def test_nothing_in_a_name_steers_the_terminal(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_a_name_never_breaks_the_columns() -> None:
    assert column_text("Support   desk") == "Support desk"
