"""Settings side by side: differences, verdicts, what cannot be compared."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from trsim.analysis.comparison import Comparison, Verdict, difference_of
from trsim.analysis.kpi import Fraction, Measures
from trsim.analysis.results import Provenance
from trsim.analysis.sample import Criteria
from trsim.analysis.study import Study
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.errors import UsageError

CRITERIA = Criteria(
    warm_up_ms=0, horizon_ms=3_600_000, threshold_ms=20_000, service_level="offered"
)


def study(*runs: Measures, seed: int = 7) -> Study:
    full = tuple({"offered": (10, 1), "refused": (0, 1), **run} for run in runs)
    return Study(
        provenance=Provenance("Desk", "0" * 64, seed),
        criteria=CRITERIA,
        fingerprints=tuple(f"{seed} {number}" for number in range(len(runs))),
        measures=full,
        group_measures=({},) * len(runs),
        run_caveats=((),) * len(runs),
    )


def hung_up(*counts: int) -> Study:
    return study(*({"abandonment": (count, 10)} for count in counts))


def test_a_pooled_difference_worked_out_by_hand() -> None:
    # 6 of 30 and 3 of 30; leaving out one pair: -3/20, -2/20 and -1/20, so the squared standard
    # error is 2/3 · (1/400 + 0 + 1/400) = 1/300.
    comparison = Comparison({"a": hung_up(2, 2, 2), "b": hung_up(2, 1, 0)})
    found = comparison.difference("abandonment")
    assert (found.base, found.other) == (0.2, 0.1)
    assert found.interval.estimate == pytest.approx(-0.1)
    assert found.interval.half_width == pytest.approx(4.302653 * (1 / 300) ** 0.5)
    assert found.verdict is Verdict.NOT_TOLD_APART
    assert not found.told_apart


@pytest.mark.parametrize(
    ("name", "second", "verdict"),
    [
        ("asa", [(3, 1), (3, 1)], Verdict.WORSE),
        ("asa", [(1, 1), (1, 1)], Verdict.BETTER),
        ("asa", [(2, 1), (2, 1)], Verdict.SAME),
        ("asa", [(1, 1), (3, 1)], Verdict.NOT_TOLD_APART),
        ("asa", [(0, 0), (0, 0)], Verdict.UNKNOWN),
        ("service_level@20s", [(3, 1), (3, 1)], Verdict.BETTER),
        ("service_level", [(1, 1), (1, 1)], Verdict.WORSE),
        ("occupancy", [(1, 1), (1, 1)], Verdict.DIFFERENT),
    ],
)
def test_verdicts(name: str, second: list[Fraction], verdict: Verdict) -> None:
    found = difference_of(name, [(2, 1), (2, 1)], second, 0.95, "b")
    assert found.verdict is verdict


def test_one_pair_tells_nothing_apart_unless_it_is_the_same() -> None:
    assert difference_of("asa", [(2, 1)], [(9, 1)], 0.95, "b").verdict is Verdict.NOT_TOLD_APART
    assert difference_of("asa", [(2, 1)], [(2, 1)], 0.95, "b").verdict is Verdict.SAME


def test_a_pair_of_which_only_one_says_something_counts_on_neither_side() -> None:
    first, second = [(1, 1), (2, 1), (9, 1)], [(2, 1), (3, 1), (0, 0)]
    found = difference_of("wait_p95", first, second, 0.95, "b")
    assert (found.base, found.other, found.interval.n) == (1.5, 2.5, 2)
    assert found.interval.estimate == 1.0


def test_a_setting_is_named_unless_there_is_only_one() -> None:
    two = Comparison({"a": hung_up(1), "b": hung_up(2)})
    assert two.difference("abandonment").setting == "b"
    three = Comparison({"a": hung_up(1), "b": hung_up(2), "c": hung_up(3)})
    assert three.difference("abandonment", of="c").interval.estimate == pytest.approx(0.2)
    with pytest.raises(
        UsageError, match="say which setting is meant with of=…; there are 'b', 'c'"
    ):
        three.difference("abandonment")
    with pytest.raises(UsageError, match="no setting 'a' beside 'a', only 'b'"):
        two.difference("abandonment", of="a")


def test_a_frame_has_a_row_for_each_setting_and_figure() -> None:
    three = Comparison({"a": hung_up(1, 1), "b": hung_up(2, 2), "c": hung_up(1, 1)})
    frame = three.to_frame()
    assert list(frame["setting"]) == ["b"] * 3 + ["c"] * 3
    row = frame[(frame["setting"] == "b") & (frame["kpi"] == "abandonment")].iloc[0]
    assert (row["base"], row["other"], row["verdict"], row["n"]) == (0.1, 0.2, "worse", 2)
    assert row["difference"] == row["low"] == row["high"] == pytest.approx(0.1)


def test_figures_that_one_setting_lacks_are_left_out() -> None:
    comparison = Comparison({"a": study({"asa": (1, 1)}), "b": study({"mean_wait": (1, 1)})})
    assert comparison.kpis == ("offered", "refused")
    with pytest.raises(UsageError, match="has no figure 'asa'"):
        comparison.difference("asa")


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(UsageError, match="two settings at least, not 1"):
        Comparison({"a": hung_up(1)})
    with pytest.raises(UsageError, match=r"different seeds.*seeds 8 in 'b', 7 in 'a'"):
        Comparison({"a": hung_up(1), "b": study({"abandonment": (1, 10)}, seed=8)})
    with pytest.raises(UsageError, match=r"different numbers of replications.* 2 in 'b', 1 in 'a'"):
        Comparison({"a": hung_up(1), "b": hung_up(1, 2)})
    longer = replace(hung_up(1), criteria=replace(CRITERIA, horizon_ms=7_200_000))
    with pytest.raises(UsageError, match=r"different horizons.* 2 h in 'b', 60 min in 'a'"):
        Comparison({"a": hung_up(1), "b": longer})


def test_other_customers_are_told() -> None:
    more = study(*({"offered": (count, 1), "abandonment": (1, 10)} for count in (10, 12, 9)))
    comparison = Comparison({"a": hung_up(1, 1, 1), "b": more})
    told = [each.text for each in comparison.caveats if each.doubt is Doubt.OTHER_CUSTOMERS]
    assert len(told) == 1
    assert told[0].startswith("b: not the customers of a: in 2 of 3 pairs")
    # What is refused in one setting and offered in the other is the same customer.
    moved = study(*({"offered": (8, 1), "refused": (2, 1), "abandonment": (1, 10)},) * 3)
    same = Comparison({"a": hung_up(1, 1, 1), "b": moved})
    assert [each for each in same.caveats if each.doubt is Doubt.OTHER_CUSTOMERS] == []


def test_doubts_about_a_setting_name_it() -> None:
    doubtful = replace(hung_up(*[1] * 6), run_caveats=((Caveat(Doubt.DRAINED, "gone"),),) * 6)
    comparison = Comparison({"a": hung_up(*[1] * 6), "b": doubtful})
    assert [each.text for each in comparison.caveats] == ["b: in 6 of 6 replications: gone"]
    few = Comparison({"a": hung_up(1), "b": hung_up(1)}).caveats
    assert [each.doubt for each in few] == [Doubt.ONE_REPLICATION]


def test_names_are_escaped_in_notebooks_and_comparisons_survive_pickling() -> None:
    comparison = Comparison({"a": hung_up(1, 2), "<b>": hung_up(2, 2)})
    page = comparison._repr_html_()
    assert "&lt;b&gt; instead of a" in page
    assert "<b>" not in page
    assert pickle.loads(pickle.dumps(comparison)) == comparison
