"""Too few replications: for any interval at all, or for the figures that decide."""

from __future__ import annotations

import pytest

from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.analysis.trust import over_replications
from trsim.analysis.trust_kinds import Doubt
from trsim.analysis.trust_precision import chance_doubts


def value(name: str, unit: str, estimate: float | None, half_width: float | None) -> KpiValue:
    return KpiValue(name, unit, estimate, None, None, half_width, 10)


def table(*values: KpiValue, replications: int = 10) -> KpiTable:
    return KpiTable(values, replications, 0.95, "offered", 20.0, 0.0)


def test_one_replication_is_one_doubt() -> None:
    (caveat,) = chance_doubts(1, table(value("asa", "s", 20.0, None)))
    assert caveat.doubt is Doubt.ONE_REPLICATION


@pytest.mark.parametrize(
    ("n", "error", "needed"),
    # 1 / √(2 (n - 1)); t(m - 1) / √m is half of 12.706 / √2 = 8.98 at 4 (1.59; 3: 2.48 is less
    # than 4.49, but 5 are asked for), of 4.303 / √3 = 2.484 at 5 (1.2415), of 1.591 at 9 (0.769).
    [(2, "71 %", 5), (3, "50 %", 5), (4, "41 %", 9)],
)
def test_fewer_than_five_replications(n: int, error: str, needed: int) -> None:
    (caveat,) = chance_doubts(n)
    assert caveat.doubt is Doubt.FEW_REPLICATIONS
    assert f"the widths of intervals are uncertain by about {error} themselves" in str(caveat)
    assert f"about {needed} replications would halve the widths" in str(caveat)


def test_five_replications_are_enough_to_speak_of_intervals() -> None:
    assert list(chance_doubts(5)) == []


@pytest.mark.parametrize(
    ("name", "unit", "estimate", "half_width", "wide"),
    [
        ("service_level", "share", 0.8, 0.051, "80.0 % ± 5.1 points"),
        ("service_level", "share", 0.8, 0.049, None),
        ("abandonment", "share", 0.01, 0.02, None),
        ("asa", "s", 100.0, 10.1, "100.0 s ± 10.1 s"),
        ("asa", "s", 100.0, 9.9, None),
        ("asa", "s", 2.0, 0.9, None),
        ("asa", "s", 2.0, 1.1, "2.0 s ± 1.1 s"),
        ("asa", "s", None, None, None),
        ("max_wait", "s", 100.0, 90.0, None),
    ],
)
def test_intervals_of_main_figures_can_be_too_wide(
    name: str, unit: str, estimate: float | None, half_width: float | None, wide: str | None
) -> None:
    found = [
        str(caveat) for caveat in chance_doubts(10, table(value(name, unit, estimate, half_width)))
    ]
    assert len(found) == (wide is not None)
    if wide is not None:
        # t(9) / √10 = 0.7154; t(32) / √33 = 0.3546 is below its half, t(31) / √32 = 0.3605 not.
        assert found[0].startswith(f"intervals are wide after 10 replications ({name} {wide}): ")
        assert "about 33 replications would halve the widths" in found[0]


def test_few_and_wide_is_one_doubt() -> None:
    rows = [value("asa", "s", 100.0, 50.0), value("service_level", "share", 0.5, 0.2)]
    (caveat,) = over_replications([(), (), ()], table(*rows, replications=3))
    assert caveat.text.startswith(
        "intervals are wide after 3 replications (service_level 50.0 % ± 20.0 points; asa 100.0 s "
        "± 50.0 s); after 3 replications the widths of intervals are uncertain by about "
        "50 % themselves: "
    )


def test_a_model_without_chance_needs_no_replications() -> None:
    assert list(chance_doubts(3, table(value("asa", "s", 100.0, 0.0)))) == []
