from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.scenario.desk import DESK, load, problems, spoiled, written
from trsim.errors import ScenarioError, UsageError
from trsim.scenario.load import Scenario, load_scenario, parse_setting
from trsim.scenario.nodes import Limits, plain
from trsim.scenario.yaml_reader import read_yaml

DOCUMENT = DESK[DESK.index("    configuration:\n") : DESK.index("behaviors:\n")]
JSON = """{"task_routing": {
\t"filters": [{"expression": "product == 'billing'",
\t\t"targets": [{"queue": "billing", "timeout": 60}, {"queue": "everyone"}]}],
\t"default_filter": {"queue": "everyone"}}}"""


@pytest.fixture
def desk(tmp_path: Path) -> Scenario:
    return load(DESK, tmp_path)


def as_dict() -> dict[str, Any]:
    data = plain(read_yaml(DESK.encode(), "desk.yaml"))
    assert isinstance(data, dict)
    return data


RESPELLINGS = {
    "comments": DESK.replace("\n", "   # a comment\n"),
    "CRLF": DESK.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + DESK,
    "document marks": "---\n" + DESK + "...\n",
    "YAML 1.2 by its own word": "%YAML 1.2\n---\n" + DESK,
    "no line end": DESK.rstrip("\n"),
    "units": spoiled(
        ("1h\n", "60m\n"), ("20s", "20000ms"), ("3m", "180s"), ("mean: 2m", "mean: 120s")
    ),
    "rates": spoiled(("60/h", "1/m")),
    "shares": spoiled(("5%", "0.05")),
    "a constant in full": spoiled(
        ("patience: 3m", "patience: {distribution: constant, value: 3m}")
    ),
    "defaults": spoiled(("seed: 3\n", "seed: 3\nreplications: 1\nwarm_up: 0s\n")),
    "a channel in full": spoiled(("    count: 3\n", "    count: 3\n    channels: {}\n")),
    "anchors": spoiled(("name: Desk", "name: &desk Desk")),
    "aliases": spoiled(
        ("task_queues:", "task_queues: &queues"), ("queue: billing,", "queue: &b billing,")
    ).replace("product: billing}", "product: *b}"),
    "merge keys": spoiled(
        ("  Alice: {attributes: {skills: [billing]}, behavior: phone}\n", "")
    ).replace(
        "  agent:\n    count: 3\n    behavior: phone\n",
        "  Alice: &a {attributes: {skills: [billing]}, behavior: phone}\n"
        "  agent:\n    <<: *a\n    attributes: {}\n    count: 3\n",
    ),
    "quotes": spoiled(("name: Desk", "'name': \"Desk\""), ("horizon: 1h", "horizon: '1h'")),
    "explicit tags": spoiled(("seed: 3", "seed: !!int 3"), ("name: Desk", "name: !!str Desk")),
    "start with a blank": spoiled(("2026-03-02T08:00", "2026-03-02 08:00:00.000")),
    "document as JSON text": spoiled(
        (DOCUMENT, "    configuration: |\n" + "".join(f"      {x}\n" for x in JSON.split("\n")))
    ),
}


@pytest.mark.parametrize("name", RESPELLINGS)
def test_respellings_are_equal(name: str, desk: Scenario, tmp_path: Path) -> None:
    other = load(RESPELLINGS[name], tmp_path)
    assert other == desk
    assert hash(other) == hash(desk)
    assert other.compile().digest == desk.compile().digest
    assert other.compile().world == desk.compile().world


@pytest.mark.parametrize(
    "edit",
    [
        ("seed: 3", "seed: 4"),
        ("60/h", "61/h"),
        ("timeout: 60}, {queue: everyone}", "timeout: 61}, {queue: everyone}"),
        ("name: Desk", "name: desk"),
    ],
)
def test_what_differs_is_not_equal(edit: tuple[str, str], desk: Scenario, tmp_path: Path) -> None:
    assert load(spoiled(edit), tmp_path) != desk


def test_the_order_of_workers_counts(tmp_path: Path) -> None:
    workers = "  Alice: {attributes: {skills: [billing]}, behavior: phone}\n"
    moved = spoiled((workers, "")).replace("tasks:\n", workers + "tasks:\n")
    assert load(moved, tmp_path) != load(DESK, tmp_path)


def test_it_is_written_as_it_was_read(desk: Scenario, tmp_path: Path) -> None:
    text = desk.to_yaml()
    again = load(text, tmp_path)
    assert again == desk
    assert again.to_yaml() == text
    assert "horizon: 1h\n" in text
    assert "arrivals: {process: poisson, rate: 60/h}" in text


def test_a_document_in_a_file_becomes_part_of_it(desk: Scenario, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(JSON, encoding="utf-8")
    scenario = load(spoiled((DOCUMENT, "    configuration: main.json\n")), tmp_path)
    assert scenario == desk
    (tmp_path / "main.json").unlink()
    assert load(scenario.to_yaml(), tmp_path) == desk
    path = "workflows.main.configuration.task_routing.filters[0].targets[0].timeout"
    assert scenario.replace({path: 61}) == desk.replace({path: 61})


def test_problems_of_a_document_are_placed_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(JSON.replace('"billing",', '"biling",'), encoding="utf-8")
    (problem,) = problems(spoiled((DOCUMENT, "    configuration: main.json\n")), tmp_path)
    assert (problem.file, problem.line, problem.column) == (str(tmp_path / "main.json"), 3, 25)
    assert problem.path.endswith("configuration.task_routing.filters[0].targets[0].queue")


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "main.json").write_text(JSON, encoding="utf-8")
    (folder / "main.json").symlink_to(tmp_path / "main.json")
    (problem,) = problems(spoiled((DOCUMENT, "    configuration: main.json\n")), folder)
    assert "a link leads out of the folder" in problem.reason
    (folder / "own.json").write_text(JSON, encoding="utf-8")
    (folder / "linked.json").symlink_to(folder / "own.json")
    linked = load(spoiled((DOCUMENT, "    configuration: linked.json\n")), folder)
    assert linked == load(DESK, folder)


def test_independent_problems_are_found_in_one_run(tmp_path: Path) -> None:
    text = spoiled(
        ("seed: 3", "seed: three"),
        ("timeout_activity: Missed", "timeout_activity: Mised"),
        ("skills HAS 'billing'", "skills HAS"),
        ("max_reserved_workers: 2", "max_reserved_workers: 51"),
        ("task_reservation_timeout: 20s", "task_reservation_timeout: 20"),
        ("{queue: billing,", "{queue: biling,"),
        ("no_answer_probability: 5%", "no_answer_probability: 5"),
        ("{attributes: {skills: [billing]}, behavior: phone}", "{behavior: phon}"),
        ('to: "09:00"}', 'to: "09:00"}, {from: "08:30", to: "09:30"}'),
        ("rate: 60/h", "rate: 60"),
        ("cv: 1.0", "cv: -1"),
        ("worker: Alice", "worker: Alce"),
        ('">= 80%"', '"80%"'),
    )
    found = problems(text, tmp_path)
    assert [(problem.line, problem.path) for problem in found] == [
        (5, "seed"),
        (8, "workspace.timeout_activity"),
        (10, "task_queues.billing.target_workers"),
        (11, "task_queues.everyone.max_reserved_workers"),
        (14, "workflows.main.task_reservation_timeout"),
        (19, "workflows.main.configuration.task_routing.filters[0].targets[0].queue"),
        (24, "behaviors.phone.no_answer_probability"),
        (27, "workers.Alice.behavior"),
        (31, "workers.agent.shifts[1]"),
        (37, "tasks.calls.arrivals.rate"),
        (39, "tasks.calls.talk_time.cv"),
        (41, "timetable[0].worker"),
        (42, "goals.service_level"),
    ]


def test_many_problems_are_capped(tmp_path: Path) -> None:
    text = DESK + "".join(f"key_{i}: 1\n" for i in range(70))
    with pytest.raises(ScenarioError) as caught:
        load(text, tmp_path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 20 more problems"
    assert len(caught.value.problems) == 70


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "desk.yaml:1:1: the file is empty"),
        ("[]", "desk.yaml:1:1: a scenario is a mapping with the key 'trsim' (found a list)"),
        ("hello", "a scenario is a mapping with the key 'trsim' (found 'hello')"),
        ("{}", "desk.yaml:1:1: trsim: is missing"),
        ("null", "found nothing"),
        ("a\0b", "the control character U+0000"),
    ],
)
def test_what_is_no_scenario(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(text, tmp_path)
    assert words in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
    ):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(path)
        assert words in str(caught.value)
        assert str(caught.value).startswith(str(path))
    with pytest.raises(ScenarioError):
        load_scenario("a\0b.yaml")
    with pytest.raises(ScenarioError, match="more than 100 bytes"):
        load_scenario(written(DESK, tmp_path), limits=Limits(size=100))


def test_from_a_dictionary(desk: Scenario) -> None:
    assert Scenario.from_dict(as_dict()) == desk
    data = as_dict()
    data["workers"]["agent"]["count"] = np.int64(3)
    data["behaviors"]["phone"]["no_answer_probability"] = np.float64(0.05)
    data["workers"]["Alice"]["attributes"] = {"skills": ("billing",)}
    assert Scenario.from_dict(data) == desk


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "scenario: seed: a number must be finite"),
        (10**30, "scenario: seed: a number has at most 15 digits"),
        (np.float64("inf"), "scenario: seed: a number must be finite"),
        (object, "scenario: seed: cannot hold a type"),
        ({1, 2}, "scenario: seed: cannot hold a set"),
        (b"3", "scenario: seed: cannot hold a bytes"),
        ({None: 1}, "scenario: seed: a key must be a text"),
        ("\x1b[31m", "scenario: seed: a control character"),
        ("three", "scenario: seed: must be a whole number"),
        (True, "scenario: seed: must be a whole number"),
        ({"a": 1, 1: 2, "1": 3}, "the key '1' is there twice"),
    ],
    ids=repr,
)
def test_python_values_are_checked_as_strictly(value: object, words: str) -> None:
    data = as_dict()
    data["seed"] = value
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(data)
    assert words in str(caught.value)


def test_a_dictionary_that_holds_itself_is_refused() -> None:
    data = as_dict()
    loop: dict[str, object] = {}
    data["workers"]["Alice"]["attributes"] = loop
    loop["self"] = loop
    with pytest.raises(ScenarioError, match="more than 64 levels"):
        Scenario.from_dict(data)


def test_a_dictionary_without_folder_names_no_file() -> None:
    data = as_dict()
    data["workflows"]["main"]["configuration"] = "main.json"
    with pytest.raises(ScenarioError, match="only in a scenario that is a file"):
        Scenario.from_dict(data)


def test_replace(desk: Scenario) -> None:
    changed = desk.replace(
        {
            "workers.agent.count": 5,
            "workflows.main.task_reservation_timeout": "25s",
            "workflows.main.configuration.task_routing.filters[0].targets[0].timeout": 30,
            "tasks.calls.talk_time.mean": "3m",
            "kpis.service_level_threshold": "30s",
            'workers."Alice".attributes.level': 3,
        }
    )
    model = changed.compile()
    assert len(model.spec.workers) == 6
    assert model.spec.workflows[0].reservation_timeout_ms == 25_000
    assert model.routing.step_limit_ms[0] == 30_000
    assert model.world.streams[0].talk_time.mean == 180
    assert model.service_level_threshold_ms == 30_000
    assert len(desk.compile().spec.workers) == 4
    assert changed.replace({}) == changed
    assert desk.replace({"seed": 3}) == desk


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "workers.agnt.count",
            "workers has no 'agnt' (allowed: Alice, agent; did you mean",
        ),
        ("workers.agent.count.x", "workers.agent.count is a single value (3)"),
        ("timetable[3].at", "timetable has 1 items"),
        ("timetable.at", "timetable is a list"),
        ("workers[0]", "workers is a mapping, not a list"),
        ("", "a path begins with a key"),
        ("a..b", "cannot read the path 'a..b' at character 2"),
        ("[0]", "a path begins with a key"),
        ('workers."Alice', "cannot read the path"),
    ],
)
def test_paths_that_lead_nowhere(path: str, words: str, desk: Scenario) -> None:
    with pytest.raises(UsageError) as caught:
        desk.replace({path: 1})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("workers.agent.cuont", 3, "workers.agent.cuont: unknown key"),
        ("wrokers.agent.count", 3, "wrokers: unknown key (did you mean 'workers'?)"),
        ("workers.agent.count", 0, "workers.agent.count: must be at least 1"),
        ("workers.agent.count", "3", "workers.agent.count: must be a whole number"),
        ("horizon", 3600, "horizon: a duration needs a unit"),
        ("workers.agent.behavior", "phon", "there is no behavior 'phon'"),
    ],
)
def test_new_values_are_checked(path: str, value: object, words: str, desk: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        desk.replace({path: value})
    assert words in str(caught.value)


def test_settings_of_a_command_line() -> None:
    for text, expected in {
        "workers.agent.count=45": ("workers.agent.count", 45),
        "horizon = 8h": ("horizon", "8h"),
        "a.b=[1, x]": ("a.b", [1, "x"]),
        'workers."a=b".count=3': ('workers."a=b".count', 3),
        "name=": ("name", None),
        "name='a=b'": ("name", "a=b"),
        "goals.service_level='>= 80%'": ("goals.service_level", ">= 80%"),
    }.items():
        assert parse_setting(text) == expected
    for wrong in ("horizon", "=3", "a=[", "a=*b", "a=\x1b"):
        with pytest.raises(UsageError):
            parse_setting(wrong)


def test_it_is_frozen_and_can_be_pickled(desk: Scenario) -> None:
    with pytest.raises(AttributeError):
        desk.file = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        desk.content.seed = 4
    again = pickle.loads(pickle.dumps(desk))
    assert again == desk
    assert again.compile() == desk.compile()
    assert again.replace({"seed": 4}) == desk.replace({"seed": 4})
    assert desk != "desk"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a & b", '" onload="x', "'><img src=x>", "x" * 5000]
)
def test_the_summary_escapes_names(name: str, desk: Scenario) -> None:
    stream = "tasks." + '"' + name[:60].replace('"', '\\"') + '"'
    calls = as_dict()["tasks"]["calls"]
    changed = desk.replace({"name": name, "description": name, stream: calls})
    html = changed._repr_html_()
    for raw in ("<script", "<img", '" onload', "a & b"):
        assert raw not in html
    assert len(html) < 5_000


def test_no_heavy_library_is_loaded(tmp_path: Path) -> None:
    path = written(DESK, tmp_path)
    code = (
        "import sys; from trsim.scenario.load import load_scenario; "
        "load_scenario(sys.argv[1]).compile(); "
        "print(*(m for m in ('pandas', 'scipy', 'matplotlib', 'pyarrow', 'simpy', 'rich') "
        "if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "random"},
    )
    assert done.stdout.strip() == ""


def test_names_of_all_kinds_survive(tmp_path: Path) -> None:
    data = as_dict()
    names = ["no", "on", "1", "010", "a b", "a.b", "é", "😀", "a: b", "#a", "- a", "'", '"', "null"]
    data["task_queues"].update({name: {} for name in names})
    data["workers"]["Alice"]["attributes"] = {name: [name, {name: name}] for name in names}
    scenario = Scenario.from_dict(data)
    again = load(scenario.to_yaml(), tmp_path)
    assert again == scenario
    assert list(again.content.task_queues)[2:] == names
    assert (
        again.replace({"task_queues.'a.b'.max_reserved_workers": 3})
        .content.task_queues["a.b"]
        .max_reserved_workers
        == 3
    )
