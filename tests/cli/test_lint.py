"""``trsim lint``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trsim.scenario.lint_findings import ALL_RULES

Call = Callable[..., Any]

DOCUMENT = {
    "task_routing": {
        "filters": [
            {
                "filter_friendly_name": "calls",
                "expression": "kind == 'call'",
                "targets": [{"queue": "a", "timeout": 30}, {"timeout": 30}],
            }
        ],
        "default_filter": {"queue": "b", "timeout": 5},
    }
}
RULES = ["offer-outlasts-target", "repeated-target", "last-target-timeout", "default-filter-key"]


def written(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")
    return path


def linted(trsim: Call, *arguments: object) -> Any:
    outcome = trsim("lint", *arguments, "--json")
    assert outcome.err == ""
    return json.loads(outcome.out)


def test_a_clean_scenario(trsim: Call, desk: Path) -> None:
    assert trsim("lint", desk) == (0, "", "1 file: 0 errors, 0 warnings, 0 notes\n")


def test_a_line_says_where_what_and_by_which_rule(trsim: Call, tmp_path: Path) -> None:
    file = written(tmp_path / "flow.json", DOCUMENT)
    outcome = trsim("lint", file, "--reservation-timeout", "20")
    assert outcome.code == 0
    assert outcome.err == "1 file: 0 errors, 2 warnings, 1 note\n"
    assert outcome.out.splitlines() == [
        f"{file}:12:11: note [repeated-target] task_routing.filters[0].targets[1]: "
        "is the same as targets[0]: nothing changes for the task",
        f"{file}:13:24: warning [last-target-timeout] task_routing.filters[0].targets[1].timeout: "
        "a task that still waits is canceled at age 60 s; the default filter is not used after a "
        "timeout",
        f"{file}:20:18: warning [default-filter-key] task_routing.default_filter.timeout: "
        "has no effect on a default filter: tasks wait until TTL",
    ]


def test_how_long_offers_stand_is_a_guess_without_a_word_about_it(
    trsim: Call, tmp_path: Path
) -> None:
    file = written(tmp_path / "flow.json", DOCUMENT)
    assert [finding["rule"] for finding in linted(trsim, file)["findings"]] == RULES
    guessed = linted(trsim, file)["findings"][0]
    assert guessed["level"] == "note"
    assert guessed["reason"].endswith("(120 s is TaskRouter's default)")
    said = linted(trsim, file, "--reservation-timeout", 70)["findings"][0]
    assert (said["rule"], said["level"]) == ("offer-outlasts-target", "warning")
    assert "(70 s)" in said["reason"]


TEXT = json.dumps(DOCUMENT)


@pytest.mark.parametrize(
    ("data", "base", "offer_s"),
    [
        (TEXT, "", None),
        ({"Configuration": TEXT, "TaskReservationTimeout": "70"}, "Configuration.", 70),
        ({"configuration": TEXT, "task_reservation_timeout": 70}, "configuration.", 70),
        ({"Configuration": DOCUMENT}, "Configuration.", None),
    ],
    ids=["JSON text", "request", "answer", "document"],
)
def test_documents_as_the_api_carries_them(
    data: object, base: str, offer_s: int | None, trsim: Call, tmp_path: Path
) -> None:
    found = linted(trsim, written(tmp_path / "flow.json", data))["findings"]
    by_rule = {finding["rule"]: finding for finding in found}
    assert set(by_rule) == set(RULES)
    path = f"{base}task_routing.default_filter.timeout"
    assert by_rule["default-filter-key"]["path"] == path
    assert by_rule["default-filter-key"]["line"] > 0
    outlasting = by_rule["offer-outlasts-target"]
    assert outlasting["level"] == ("note" if offer_s is None else "warning")
    assert f"({offer_s or 120} s)" in outlasting["reason"]


def test_a_document_in_yaml(trsim: Call, tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text("task_routing:\n  default_filter: {queue: a, skip_if: 1==1}\n", "utf-8")
    (finding,) = linted(trsim, file)["findings"]
    assert (finding["rule"], finding["line"], finding["column"]) == ("default-filter-key", 2, 39)


def test_a_folder_is_gone_through_in_order(trsim: Call, desk: Path, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("flows/b.json", "flows/a.json", ".hidden/c.json"):
        written(tmp_path / name, DOCUMENT)
    written(tmp_path / "package.json", {"name": "no workflow"})
    (tmp_path / "list.yml").write_text("- 1\n", "utf-8")
    (tmp_path / "notes.txt").write_text("task_routing", "utf-8")
    text = desk.read_text(encoding="utf-8").replace("    return_delay: {after_timeout: 1m}\n", "")
    desk.write_text(text, encoding="utf-8")
    document = linted(trsim, tmp_path)
    assert document["files"] == 3
    files = [Path(finding["file"]).name for finding in document["findings"]]
    assert files == ["desk.yaml", *["a.json"] * 4, *["b.json"] * 4]
    assert document["findings"][0]["rule"] == "no-return-after-miss"


def test_errors_end_with_2(trsim: Call, desk: Path, tmp_path: Path) -> None:
    flow = {
        "task_routing": {
            "filters": [{"expression": "skill-level > 3", "targets": [{"queue": "a"}]}]
        }
    }
    file = written(tmp_path / "flow.json", flow)
    outcome = trsim("lint", desk, file)
    assert outcome.code == 2
    first, *excerpt = outcome.out.splitlines()[:3]
    assert first.startswith(f"{file}:5:23: error [hyphenated-name] task_routing.filters[0].expr")
    assert "a name has no hyphens (TaskRouter error 20001)" in first
    assert excerpt == ["  skill-level > 3", "       ^"]
    assert outcome.err == "2 files: 1 error, 0 warnings, 0 notes\n"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("none.yaml", None, "cannot be read: No such file"),
        ("broken.json", '{"task_routing": }', "a value is missing"),
        ("typo.json", '{"task_rooting": {}}', "did you mean 'task_routing'?"),
        ("list.json", "[]", "a mapping with the key 'task_routing'"),
        ("list.yaml", "- 1", "a scenario is a mapping"),
        ("text.json", '"no document"', "cannot be read as JSON"),
    ],
)
def test_what_somebody_asks_for_is_read_or_is_an_error(
    name: str, text: str | None, words: str, trsim: Call, tmp_path: Path
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text, encoding="utf-8")
    outcome = trsim("lint", file)
    assert outcome.code == 2
    assert outcome.out.startswith(f"{file}:")
    assert "error [" in outcome.out
    assert words in outcome.out


def test_a_scenario_that_cannot_be_used(trsim: Call, desk: Path) -> None:
    desk.write_text(desk.read_text(encoding="utf-8").replace("horizon", "horizen"), "utf-8")
    outcome = trsim("lint", desk)
    assert outcome.code == 2
    assert f"{desk}:3:1: error [invalid-scenario] horizen: " in outcome.out


def test_rules_can_be_left_out(trsim: Call, tmp_path: Path) -> None:
    file = written(tmp_path / "flow.json", DOCUMENT)
    ignored = [part for rule in RULES[:3] for part in ("--ignore", rule)]
    document = linted(trsim, file, *ignored)
    assert document["counts"] == {"error": 0, "warning": 1, "note": 0}
    assert [finding["rule"] for finding in document["findings"]] == RULES[3:]


def test_errors_cannot_be_left_out(trsim: Call, tmp_path: Path) -> None:
    outcome = trsim("lint", written(tmp_path / "flow.json", {}), "--ignore", "missing-key")
    assert (outcome.code, "error [missing-key]" in outcome.out) == (2, True)


def test_rules_must_exist(trsim: Call, desk: Path) -> None:
    outcome = trsim("lint", desk, "--ignore", "unknown-kye")
    assert outcome.code == 2
    assert "there is no rule 'unknown-kye'; did you mean 'unknown-key'?" in outcome.err


def test_rules_are_listed(trsim: Call) -> None:
    outcome = trsim("lint", "--rules")
    assert (outcome.code, outcome.err) == (0, "")
    assert [line.split()[0] for line in outcome.out.splitlines()] == sorted(ALL_RULES)


def test_a_path_is_needed(trsim: Call) -> None:
    outcome = trsim("lint")
    assert (outcome.code, outcome.out) == (2, "")
    assert "needs a PATH" in outcome.err


def test_json_names_its_format(trsim: Call, desk: Path) -> None:
    document = linted(trsim, desk)
    assert document == {
        "format": "trsim lint",
        "version": 1,
        "files": 1,
        "counts": {"error": 0, "warning": 0, "note": 0},
        "findings": [],
    }


def test_linting_loads_no_library_of_tables(desk: Path) -> None:
    code = (
        "import sys; from trsim.cli import main; main(['lint', sys.argv[1]]); "
        "print(*{'pandas', 'matplotlib', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(desk)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_a_document_that_a_scenario_uses_is_judged_there_alone(trsim: Call, tmp_path: Path) -> None:
    written(tmp_path / "flow.json", DOCUMENT)
    (tmp_path / "used.yaml").write_text(
        "trsim: 1\n"
        "name: Uses a document\n"
        "horizon: 1h\n"
        "task_queues: {a: {}, b: {}}\n"
        "workflows: {w: {configuration: flow.json, task_reservation_timeout: 20s}}\n"
        "behaviors: {b: {answer_delay: 4s, return_delay: {after_timeout: 1m}}}\n"
        "workers: {Ann: {behavior: b}}\n"
        "tasks: {t: {arrivals: {process: at, times: [0s]}, attributes: {kind: call}, "
        "talk_time: 1m}}\n",
        encoding="utf-8",
    )
    found = linted(trsim, tmp_path)
    assert found["files"] == 1
    files = {Path(finding["file"]).name for finding in found["findings"]}
    assert files == {"flow.json"}
    # Its own reservation timeout holds, not the 120 s assumed of a bare document.
    assert "offer-outlasts-target" not in {finding["rule"] for finding in found["findings"]}
