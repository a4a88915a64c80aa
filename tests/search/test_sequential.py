"""The procedure by hand, and its promise measured on problems whose answer is known."""

from __future__ import annotations

import math
from statistics import fmean, variance

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit

from tests.search.campaign import CLOSE, PROBLEMS, Problem, drive, searches, share, upper_limit
from trsim.errors import UsageError
from trsim.search.procedure import Ask, Look, Outcome, boundary, shared_confidence
from trsim.search.sequential import Selection, equal_allocation, paired_variances, select

CONFIDENCE = 0.95


def selection(candidates: int, **options: float) -> Selection:
    chosen = {"indifference": 1.0, "confidence": CONFIDENCE} | options
    return Selection(candidates, **chosen)  # type: ignore[arg-type]


def test_boundary_of_kim_and_nelson() -> None:
    # eta = ((2 beta)^(-2 / (n0 - 1)) - 1) / 2 and h² = 2 eta (n0 - 1).
    eta = (0.1 ** (-2 / 9) - 1) / 2
    assert boundary(0.05, 9) == pytest.approx(2 * eta * 9)
    assert boundary(0.05, 10**8) == pytest.approx(-2 * math.log(0.1), rel=1e-6)


def test_confidence_is_shared_by_bonferroni() -> None:
    assert shared_confidence(0.95, 2) == pytest.approx(0.975)


def test_one_look_by_hand() -> None:
    """Differences -1, 1, -1, 1 … about 6: variance 10/9, so W is below 6 after ten replications."""
    first = [0.0] * 10
    second = [5.0, 7.0] * 5
    search = selection(2)
    assert search.ask() == Ask({0: 10, 1: 10})
    assert search.ask() == Ask({0: 10, 1: 10})
    search.tell(0, first)
    assert search.ask() == Ask({0: 10, 1: 10})
    search.tell(1, second)
    assert search.ask() is None
    width = (boundary(0.05, 9) * 10 / 9 - 10) / 20
    assert width < 6
    assert (search.best, search.outcome, search.promise_kept) == (0, Outcome.SELECTED, True)
    assert (search.eliminated_at, search.eliminated_by) == ({1: 10}, {1: 0})
    assert (search.looks, search.observations_used) == ((Look(10, (0,)),), 20)


@pytest.mark.parametrize(("gap", "dropped"), [(1.01, True), (0.99, False)])
def test_the_width_decides(gap: float, dropped: bool) -> None:
    noise = np.array([-3.0, 3.0] * 5)
    width = (boundary(0.05, 9) * 9 * 10 / 9 - 10) / 20
    search = selection(2)
    search.tell(0, [0.0] * 10)
    search.tell(1, list(noise + gap * width))
    assert (search.ask() is None) == dropped
    assert search.survivors == ((0,) if dropped else (0, 1))


def test_only_survivors_are_asked_for_more() -> None:
    random = np.random.default_rng(1)
    search = selection(3, step=4)
    search.ask()
    for candidate, mean in enumerate((0.0, 0.5, 90.0)):
        search.tell(candidate, list(mean + 3 * random.standard_normal(10)))
    assert search.ask() == Ask({0: 14, 1: 14})
    assert search.observations_used == 38
    assert not search.finished


def test_identical_candidates_end_tied() -> None:
    values = np.random.default_rng(2).standard_normal(500)
    search = drive(selection(3), np.array([values + 4, values, values]))
    assert (search.outcome, search.survivors, search.best) == (Outcome.TIED, (1, 2), 1)
    assert search.promise_kept
    assert search.observations_used == 30


def test_identical_candidates_do_not_hide_a_better_one() -> None:
    random = np.random.default_rng(3)
    values = 3 * random.standard_normal(4_000)
    better = 3 * random.standard_normal(4_000) - 1.5
    search = drive(selection(3), np.array([values, values, better]))
    assert (search.outcome, search.best) == (Outcome.SELECTED, 2)


def test_one_candidate_needs_nothing() -> None:
    search = selection(1)
    assert search.ask() is None
    assert (search.best, search.outcome) == (0, Outcome.SELECTED)


def test_the_budget_ends_the_search_without_a_promise() -> None:
    random = np.random.default_rng(4)
    search = drive(selection(4, max_observations=70), 50 * random.standard_normal((4, 100)))
    assert search.outcome is Outcome.BUDGET
    assert search.finished
    assert not search.promise_kept
    assert search.observations_used == 60
    means = np.random.default_rng(4)
    assert search.best == int((50 * means.standard_normal((4, 100)))[:, :15].mean(axis=1).argmin())


def test_a_function_drives_the_search() -> None:
    problem = PROBLEMS[0].draw(7)
    called: list[tuple[int, int]] = []

    def observe(candidate: int, replication: int) -> float:
        called.append((candidate, replication))
        return float(problem[candidate, replication])

    search = select(observe, selection(len(problem)))
    assert len(called) == len(dict.fromkeys(called)) == search.observations_used
    assert search.eliminated_at == drive(selection(len(problem)), problem).eliminated_at


def test_more_than_asked_for_changes_nothing() -> None:
    problem = PROBLEMS[0].draw(8)
    search = selection(len(problem))
    while search.ask() is not None:
        for candidate in range(len(problem)):
            search.tell(candidate, list(problem[candidate]))
    assert search.looks == drive(selection(len(problem)), problem).looks


def test_a_search_is_restricted_before_its_first_look() -> None:
    search = selection(4)
    search.restrict((1, 3))
    assert search.ask() == Ask({1: 10, 3: 10})
    with pytest.raises(UsageError):
        search.restrict(())
    search.restrict((3,))
    assert (search.best, search.outcome) == (3, Outcome.SELECTED)


@pytest.mark.parametrize(
    "options",
    [
        {"indifference": 0.0},
        {"indifference": math.nan},
        {"confidence": 1.0},
        {"confidence": 0.3},
        {"first_stage": 1},
        {"step": 0},
        {"max_observations": 0},
    ],
)
def test_options_out_of_bounds(options: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        selection(3, **options)


def test_observations_are_finite_and_of_a_candidate() -> None:
    search = selection(2)
    with pytest.raises(UsageError, match="observation 1 of candidate 0 is nan"):
        search.tell(0, [1.0, math.nan])
    with pytest.raises(UsageError, match="no candidate 2"):
        search.tell(2, [1.0])


def test_variances_of_pairs() -> None:
    values = np.random.default_rng(5).standard_normal((4, 30))
    expected = [[np.var(a - b, ddof=1) for a in values] for b in values]
    np.testing.assert_allclose(paired_variances(values), expected)
    assert not paired_variances(np.array([values[0], values[0]])).any()


def naive(observations: NDArray[np.float64], delta: float, error: float) -> dict[int, int]:
    """Return who is dropped when, pair by pair, as the papers write it."""
    left, used = list(range(len(observations))), 10
    dropped: dict[int, int] = {}
    while len(left) > 1:
        eta = ((2 * error) ** (-2 / (used - 1)) - 1) / 2
        losers = []
        for i in left:
            for other in left:
                first, second = observations[i, :used], observations[other, :used]
                width = (
                    delta
                    / (2 * used)
                    * (2 * eta * (used - 1) * variance(first - second) / delta**2 - used)
                )
                if fmean(first) > fmean(second) + max(0.0, width) and i not in losers:
                    losers.append(i)
        dropped |= dict.fromkeys(losers, used)
        left = [i for i in left if i not in losers]
        used += 5
    return dropped


@pytest.mark.parametrize("problem", PROBLEMS[1:6], ids=lambda problem: problem.name)
def test_it_agrees_with_the_procedure_written_pair_by_pair(problem: Problem) -> None:
    for number in range(3):
        observations = problem.draw(number)
        k = len(observations)
        search = drive(selection(k), observations)
        assert search.eliminated_at == naive(observations, 1.0, 0.05 / (k - 1))


def test_equal_allocation_by_hand() -> None:
    # The only differences are ±3 about 0: variance 9 · 10 / 9 = 10; t of 9 degrees at 0.95.
    t = float(stdtrit(9, 0.95))
    first, second = [0.0] * 10, [-3.0, 3.0] * 5
    needed = equal_allocation([first, second], indifference=0.5, confidence=0.95)
    assert needed == math.ceil(t**2 * 10 / 0.25) == 135
    assert equal_allocation([first, second], indifference=50, confidence=0.95) == 10


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_the_best_is_found(problem: Problem) -> None:
    """A promise that is kept fails here once in a thousand times at most, for other seeds."""
    right = [search.best == 0 for search in searches(problem, range(60), confidence=CONFIDENCE)]
    assert upper_limit(sum(right), len(right)) >= CONFIDENCE, share(right)


def test_common_numbers_save_replications() -> None:
    """Correlation 0.8 leaves a fifth of the variance of differences."""
    apart, together = (
        np.mean([each.observations_used for each in searches(p, range(60), confidence=CONFIDENCE)])
        for p in PROBLEMS[:2]
    )
    assert together < 0.5 * apart


def test_the_teeth_of_the_campaign() -> None:
    """A search that promises less than is asked of it is noticed."""
    right = [search.best == 0 for search in searches(PROBLEMS[0], range(60), confidence=0.5)]
    assert upper_limit(sum(right), len(right)) < CONFIDENCE


@pytest.mark.deep
@pytest.mark.parametrize("first_stage", [5, 10, 20])
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_the_best_is_found_deep(problem: Problem, first_stage: int) -> None:
    numbers = range(1_000, 2_000)
    done = searches(problem, numbers, confidence=CONFIDENCE, first_stage=first_stage)
    right = [search.best == 0 for search in done]
    assert upper_limit(sum(right), len(right)) >= CONFIDENCE, share(right)


@pytest.mark.deep
def test_one_of_several_good_ones_is_found() -> None:
    done = searches(CLOSE, range(1_000), confidence=CONFIDENCE)
    right = [search.best <= 3 for search in done]
    assert upper_limit(sum(right), len(right)) >= CONFIDENCE, share(right)


@pytest.mark.deep
def test_two_rounds_keep_the_promise_together() -> None:
    """Even candidates, then the winner and its neighbors on replications not seen before."""
    means = np.abs(np.arange(9) - 5.0)
    each = shared_confidence(CONFIDENCE, 2)
    right = []
    for number in range(500):
        noise = 4 * np.random.default_rng([31, number]).standard_normal((9, 8_000))
        observations = means[:, None] + noise
        grid = np.arange(0, 9, 2)
        first = drive(selection(5, confidence=each), observations[grid, :4_000])
        center = int(grid[first.best])
        near = [i for i in (center, center - 1, center + 1) if 0 <= i < 9]
        second = drive(selection(len(near), confidence=each), observations[near, 4_000:])
        right.append(near[second.best] == 5)
    assert upper_limit(sum(right), len(right)) >= CONFIDENCE, share(right)
