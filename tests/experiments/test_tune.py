"""The tuner: what it finds, what it promises, what it refuses; small desks, whole searches."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from trsim.analysis.tuning import Tuning, Verdict
from trsim.errors import ScenarioError, UsageError
from trsim.experiments.evaluate import Evaluator, Job
from trsim.experiments.figures import Figures
from trsim.experiments.search_options import Search
from trsim.experiments.trials import CONFIRMATION, SECOND_ROUND
from trsim.experiments.tune import tune
from trsim.parallel.choice import backend_for
from trsim.report.tuning_document import tuning_document
from trsim.scenario.load import Scenario

TIMEOUT = "workflows.front_door.task_reservation_timeout"


def desk(**changes: object) -> Scenario:
    """Three workers for an hour; a miss costs a minute, so very short timeouts are bad."""
    content = {
        "trsim": 1,
        "name": "Desk",
        "horizon": "40m",
        "seed": 5,
        "workspace": {
            "activities": {"Available": True, "Missed": False},
            "default_activity": "Missed",
            "timeout_activity": "Missed",
        },
        "task_queues": {"everyone": {}},
        "workflows": {
            "front_door": {
                "task_reservation_timeout": "4s",
                "configuration": {"task_routing": {"default_filter": {"queue": "everyone"}}},
            }
        },
        "behaviors": {
            "phone": {
                "answer_delay": {"distribution": "exponential", "mean": "5s"},
                "no_answer_probability": "15%",
                "return_delay": {"after_timeout": "1m"},
            }
        },
        "workers": {"agent": {"count": 3, "behavior": "phone"}},
        "tasks": {
            "calls": {
                "arrivals": {"process": "poisson", "rate": "100/h"},
                "patience": {"distribution": "exponential", "mean": "2m"},
                "talk_time": {"distribution": "exponential", "mean": "75s"},
            }
        },
    }
    scenario = Scenario.from_dict(content)
    return scenario.replace(changes) if changes else scenario


class Spy(Evaluator):
    """Remembers which replications were made."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []

    def evaluate(self, jobs: Sequence[Job]) -> list[Figures]:
        self.numbers += [job.replication for job in jobs]
        return super().evaluate(jobs)


@pytest.fixture(scope="module")
def tuned() -> Tuning:
    return tune(
        desk(),
        vary=f"{TIMEOUT}=2s..32s:6",
        objective="abandonment",
        search=Search(budget=260, indifference="4%", first_stage=6),
    )


def test_a_bad_timeout_is_found_and_a_better_one_recommended(tuned: Tuning) -> None:
    assert tuned.recommended is not None
    best, today = tuned.points[tuned.recommended], tuned.points[tuned.today]
    assert today.values == ("4s",)
    assert today.verdict is Verdict.WORSE
    assert best.verdict is Verdict.RECOMMENDED
    assert 9 <= best.numbers[0] <= 32
    assert tuned.promise_kept
    assert "none of the" in tuned.promise
    assert tuned.rounds == 2
    assert tuned.replications_used <= 260
    change = tuned.confirmation[0]
    assert change.kpi == "abandonment"
    assert change.is_told
    assert change.difference.estimate is not None
    assert change.difference.estimate < -0.02


def test_points_are_in_order_and_compared_on_the_same_replications(tuned: Tuning) -> None:
    numbers = [point.numbers[0] for point in tuned.points]
    assert numbers == sorted(set(numbers))
    assert all(number == int(number) for number in numbers), "timeouts are whole seconds"
    assert {2.0, 4.0, 8.0, 14.0, 20.0, 26.0, 32.0} <= set(numbers)
    assert len({pick.replications for pick in tuned.picks}) == 1
    own, *others = tuned.picks
    assert own.kpi == "abandonment"
    assert (own.best, own.alike) == (tuned.recommended, tuned.alike), "one answer, not two"
    for pick in others:
        assert pick.best in pick.alike
        ends = max if pick.maximize else min
        assert pick.estimates[pick.best] == ends(pick.estimates)


def test_numbers_of_rounds_and_confirmation_are_apart() -> None:
    spy = Spy()
    search = Search(budget=150, indifference="8%", first_stage=5)
    tuning = tune(
        desk(), vary=f"{TIMEOUT}=2s..32s:4", objective="abandonment", search=search, evaluator=spy
    )
    assert len(spy.numbers) == tuning.replications_used
    first = [number for number in spy.numbers if number < SECOND_ROUND]
    second = [number for number in spy.numbers if SECOND_ROUND <= number < CONFIRMATION]
    fresh = [number for number in spy.numbers if number >= CONFIRMATION]
    assert first
    assert second
    assert len(fresh) == 2 * tuning.confirmed_on
    assert max(first) < 150


def test_the_same_bytes_from_one_process_and_from_two() -> None:
    documents = []
    for processes in (1, 2):
        backend = backend_for(processes, None)
        tuning = tune(
            desk(),
            vary=f"{TIMEOUT}=2s..32s:4",
            objective="minimize:abandonment+0.001*mean_wait",
            search=Search(budget=110, indifference=0.2, first_stage=4),
            evaluator=Evaluator(backend=backend),
        )
        getattr(backend, "close", lambda: None)()
        documents.append(tuning_document(tuning))
    assert documents[0] == documents[1]
    assert json.loads(documents[0])["reproducible"] is True


def test_the_edge_of_the_range_is_told() -> None:
    tuning = tune(
        desk(),
        vary=f"{TIMEOUT}=2s,4s,6s",
        objective="abandonment",
        search=Search(budget=100, indifference="4%", first_stage=6),
    )
    assert tuning.recommended is not None
    assert tuning.points[tuning.recommended].values == ("6s",)
    assert tuning.rounds == 1, "of a list nothing lies in between"
    assert any("edge of the searched range" in text for text in tuning.warnings)


def test_conditions_rule_points_out() -> None:
    # About half of the offers time out after 4 s, a quarter after 10 s, a ninth after 30 s.
    tuning = tune(
        desk(),
        vary=f"{TIMEOUT}=4s,10s,30s",
        objective="lost_ringing_time",
        subject_to="timeout_share<=40%",
        search=Search(budget=150, indifference="30s", first_stage=6),
    )
    verdicts = {point.values[0]: point.verdict for point in tuning.points}
    assert verdicts["4s"] is Verdict.INFEASIBLE
    assert tuning.recommended is not None
    assert tuning.points[tuning.recommended].values == ("10s",)
    broken = next(point for point in tuning.points if point.values == ("4s",))
    assert broken.broken == ("timeout_share <= 40%",)
    assert "that keep the conditions" in tuning.promise


def test_nothing_is_recommended_where_nothing_keeps_the_conditions() -> None:
    tuning = tune(
        desk(),
        vary=f"{TIMEOUT}=4s,10s,30s",
        objective="mean_wait",
        subject_to=["abandonment<=1%"],
        search=Search(budget=200, indifference="3s", first_stage=6),
    )
    assert tuning.recommended is None
    assert tuning.least_violating is not None
    # A timeout of 4 s loses more callers than the others.
    assert tuning.points[tuning.least_violating].values != ("4s",)
    assert tuning.warnings[-1] == "no point keeps abandonment <= 1%"
    assert not tuning.confirmation


def test_a_small_budget_breaks_the_promise_and_says_so() -> None:
    tuning = tune(
        desk(),
        vary=f"{TIMEOUT}=10s,11s,12s",
        objective="abandonment",
        search=Search(budget=40, indifference="0.01%", first_stage=4),
    )
    assert not tuning.promise_kept
    assert "used up" in tuning.promise
    assert any("promise was not reached" in text for text in tuning.warnings)
    assert tuning.replications_used <= 40


def test_two_parameters_make_a_grid() -> None:
    tuning = tune(
        desk(),
        vary=[f"{TIMEOUT}=4s,15s", "workers.agent.count=3,4"],
        objective="abandonment",
        search=Search(budget=100, indifference="4%", first_stage=6),
    )
    assert len(tuning.points) == 4
    assert tuning.recommended is not None
    assert tuning.points[tuning.recommended].values == ("15s", 4)
    assert tuning.alike_range is None
    assert tuning.theory.optimum is None


def test_many_parameters_are_sampled_and_the_best_are_raced() -> None:
    search = Search(budget=200, indifference="6%", first_stage=4)
    made = [
        tune(
            desk(),
            vary=[
                f"{TIMEOUT}=4s..34s:4",
                "workers.agent.count=2..4:3",
                "behaviors.phone.no_answer_probability=5%,15%,25%",
            ],
            objective="abandonment",
            search=search,
        )
        for _ in range(2)
    ]
    tuning = made[0]
    assert tuning.as_dict() == made[1].as_dict()
    assert tuning.recommended is not None
    assert tuning.points[tuning.recommended].values[1] == 4
    raced = [point for point in tuning.points if point.verdict is not Verdict.NOT_RACED]
    assert 2 <= len(raced) <= 9
    assert f"none of the {len(raced)} points raced" in tuning.promise


def test_theory_stands_beside_it(tuned: Tuning) -> None:
    # F5 with exponential pick-up of 5 s, 15 % absent, one minute off; published optimum 22.24 s.
    assert tuned.theory.optimum == pytest.approx(22.24, abs=0.005)
    assert tuned.theory.worker_time == pytest.approx(95.395, abs=0.001)


def test_why_there_is_no_theory() -> None:
    several = desk(
        **{"workers.second": {"behavior": "slow"}, "behaviors.slow": {"answer_delay": "9s"}}
    )
    tuning = tune(
        several,
        vary=f"{TIMEOUT}=4s,15s",
        objective="abandonment",
        search=Search(budget=60, indifference="9%", first_stage=4),
    )
    assert tuning.theory.optimum is None
    assert "2 ways (phone, slow)" in tuning.theory.reason


@pytest.mark.parametrize(
    ("vary", "objective", "search", "words"),
    [
        (f"{TIMEOUT}=2s..9s", "nothing", Search(), "no KPI"),
        ("workflows.door.task_reservation_timeout=2s..9s", "asa", Search(), "front_door"),
        (f"{TIMEOUT}=2s..9s", "asa", Search(budget=30), "too small for a first look"),
        (f"{TIMEOUT}=2s..9s", "cost_of_staff", Search(), "no figure"),
        (f"{TIMEOUT}=2s..9s", "asa", Search(indifference="0s"), "greater than 0"),
        (f"{TIMEOUT}=2s..9s", "abandonment", Search(indifference="2s"), "85% or 0.85"),
    ],
)
def test_what_cannot_be_is_refused(vary: str, objective: str, search: Search, words: str) -> None:
    with pytest.raises((UsageError, ScenarioError)) as caught:
        tune(desk(), vary=vary, objective=objective, search=search)
    assert words in str(caught.value)


@pytest.mark.parametrize("wrong", [{"confidence": 1.0}, {"first_stage": 1}, {"budget": "soon"}])
def test_options_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Search(**wrong)  # type: ignore[arg-type]


def test_a_budget_of_time_is_marked() -> None:
    tuning = tune(
        desk(),
        vary=f"{TIMEOUT}=8s,9s",
        objective="abandonment",
        search=Search(budget="1ms", indifference="0.01%", first_stage=4),
    )
    assert not tuning.reproducible
    assert not tuning.promise_kept
    assert any("ended by the clock" in text for text in tuning.warnings)
