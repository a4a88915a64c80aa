"""A value is changed at its place; every other byte stays, or nothing is changed at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from trsim.errors import ScenarioError, UsageError
from trsim.scenario.load import load_scenario
from trsim.scenario.patch import patch, patched_text
from trsim.scenario.paths import parse_path

SHIPPED = Path(__file__).parents[2] / "scenarios"
TIMEOUT = "workflows.front_door.task_reservation_timeout"
DESK = """\
# A desk.
trsim: 1
horizon: 1h      # short
task_queues: {support: {}}
workflows:
  front_door:
    # how long it rings
    task_reservation_timeout:   "20s"   # by feel
    configuration: {task_routing: {default_filter: {queue: support}}}
behaviors:
  phone: {answer_delay: 4s}

workers:
  agent: {count: 3, behavior: phone}
tasks:
  calls:
    arrivals: {process: poisson, rate: 60/h}
    talk_time: 2m
"""


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a: 15s # x\n", "a", "24s", "a: 24s # x\n"),
        ("a: '15s'\n", "a", "24s", "a: '24s'\n"),
        ('a: "15s"\n', "a", "24s", 'a: "24s"\n'),
        ("a: 3", "a", 4, "a: 4"),
        ("a: true\n", "a", False, "a: false\n"),
        ("a: x\n", "a", "true", 'a: "true"\n'),
        ("a: x\n", "a", "12", 'a: "12"\n'),
        ("a: x\n", "a", "1: 2", 'a: "1: 2"\n'),
        ("a: [1, 2,   3]\n", "a[1]", 7, "a: [1, 7,   3]\n"),
        ("a: {b: 1, c: 2}\n", "a.c", 5, "a: {b: 1, c: 5}\n"),
        ("a: {b: 1}\n", "a.c", 5, "a: {c: 5, b: 1}\n"),
        ("a: {}\n", "a.c", 5, "a: {c: 5}\n"),
        ("a:\n  b: 1  # one\nz: 2\n", "a.c", 5, "a:\n  b: 1  # one\n  c: 5\nz: 2\n"),
        ("a:\n  b:\n    d: 1\n", "a.c", 5, "a:\n  c: 5\n  b:\n    d: 1\n"),
        ("a:\n  b: 1", "a.c", 5, "a:\n  b: 1\n  c: 5\n"),
        ("a:\n- b: 1\n  d: 2\n", "a[0].c", 5, "a:\n- b: 1\n  c: 5\n  d: 2\n"),
        ("a:\nz: 1\n", "a.c", 5, "a: {c: 5}\nz: 1\n"),
        ("a: 1\n", "b.c", 5, "a: 1\nb: {c: 5}\n"),
        ("a: 1\r\nb: 2\r\n", "c", 5, "a: 1\r\nc: 5\r\nb: 2\r\n"),
        ("a:\n  'b c': 1 # é\n", 'a."b c"', 2, "a:\n  'b c': 2 # é\n"),
        ("a: &x 15s\n", "a", "24s", "a: &x 24s\n"),
    ],
)
def test_only_the_value_changes(text: str, path: str, value: object, expected: str) -> None:
    assert patched_text(text, parse_path(path), value) == expected


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("a: &x {b: 1}\nc: *x\n", "c.b", "alias"),
        ("a: &x 1\nc: *x\n", "c", "alias"),
        ("a: [1]\n", "a", "no single value"),
        ("a: {b: 1}\n", "a", "no single value"),
        ("a: |\n  long\n", "a", "no single value"),
        ("a: 1\n", "a.b", "nothing at this place"),
        ("a: [1]\n", "a[3]", "nothing at this place"),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text: str, path: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        patched_text(text, parse_path(path), 2)


def test_a_scenario_keeps_every_other_byte(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    content = b"\xef\xbb\xbf" + DESK.replace("\n", "\r\n").encode()
    file.write_bytes(content)
    result = patch(str(file), {TIMEOUT: "24s"})
    assert result.content == content.replace(b'"20s"', b'"24s"')
    (line,) = result.lines
    assert line.line == 8
    assert line.before == '    task_reservation_timeout:   "20s"   # by feel'
    assert line.after == '    task_reservation_timeout:   "24s"   # by feel'
    assert file.read_bytes() == content, "nothing is written"


def test_a_missing_key_is_added_where_it_belongs(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    text = "".join(line for line in DESK.splitlines(True) if "timeout" not in line)
    file.write_text(text, encoding="utf-8")
    result = patch(str(file), {TIMEOUT: "24s"})
    file.write_bytes(result.content)
    assert load_scenario(file) == load_scenario(file).replace({TIMEOUT: "24s"})
    assert [line.before for line in result.lines] == [""]
    assert "    # how long it rings\n    task_reservation_timeout: 24s\n" in result.content.decode()


def test_a_value_shared_through_an_anchor_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    text = DESK.replace('"20s"', "&t 20s").replace("answer_delay: 4s", "answer_delay: *t")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="anchor") as caught:
        patch(str(file), {TIMEOUT: "24s"})
    assert caught.value.problems[0].line == 8


def test_a_value_in_an_included_file_is_refused_with_its_place() -> None:
    scenario = SHIPPED / "tutorial_workflow.yaml"
    loaded = load_scenario(scenario)
    workflow = next(iter(loaded.content.workflows))
    path = f"workflows.{workflow}.configuration.task_routing.filters[0].filter_friendly_name"
    with pytest.raises(ScenarioError, match=r"included file, .*tutorial_workflow.json:[0-9]+"):
        patch(str(scenario), {path: "Other"})


def test_a_path_that_leads_nowhere_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="front_door"):
        patch(
            str(SHIPPED / "support_desk.yaml"),
            {"workflows.frontdoor.task_reservation_timeout": "9s"},
        )


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.yaml")))
def test_every_shipped_scenario_can_be_patched(name: str) -> None:
    file = SHIPPED / f"{name}.yaml"
    scenario = load_scenario(file)
    for workflow in scenario.content.workflows:
        path = f'workflows."{workflow}".task_reservation_timeout'
        before, result = file.read_text("utf-8"), patch(str(file), {path: "37s"})
        old, new = before.splitlines(), result.content.decode().splitlines()
        assert len(result.lines) == 1
        assert len(new) - len(old) in (0, 1)
        assert [line for line in new if line not in old] == [result.lines[0].after]
