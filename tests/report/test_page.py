"""The report page: the figures of the tables, in one file that reaches nowhere."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import trsim
from tests.report.page_reader import Element, read_page
from trsim.analysis.kpi_table import KpiTable, KpiValue
from trsim.analysis.kpis import KPIS
from trsim.errors import UsageError
from trsim.experiments.openrun import open_run
from trsim.experiments.replicate import replicate
from trsim.experiments.runfolder import write_run_folder
from trsim.report.figures import figure, interval_text
from trsim.report.page import GENERATOR, MOST_BYTES, page
from trsim.report.page_figures import PageFigure, longest_waiting, without_largest
from trsim.report.page_findings import Findings, findings_of_run, findings_of_study
from trsim.report.page_tables import HEADLINES, goal_table
from trsim.report.page_text import answer, commands, goals_answer, label_of, question, simulated

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\" onload='x' {{ 7*7 }} {% raw %}"
MARKS = "\u202eevil\u200f $x^2$"
HEBREW = "\u05e2\u05d5\u05d1\u05d3 & <b>"
LONG = "x" * 64


def desk(**changes: Any) -> dict[str, Any]:
    """Return a small scenario: two queues, about sixty tasks in an hour, seldom answered late."""
    routing = {
        "filters": [
            {
                "filter_friendly_name": "Billing",
                "expression": "kind == 'billing'",
                "targets": [{"queue": "billing", "timeout": 60}, {"queue": "everyone"}],
            }
        ],
        "default_filter": {"queue": "everyone"},
    }
    calls = {
        "workflow": "front_door",
        "patience": {"distribution": "exponential", "mean": "2m"},
        "talk_time": {"distribution": "exponential", "mean": "3m"},
    }
    poisson = {"process": "poisson", "rate": "30/h"}
    scenario: dict[str, Any] = {
        "trsim": 1,
        "name": "Desk",
        "horizon": "1h",
        "start": "2026-03-02T08:00",
        "seed": 3,
        "task_queues": {
            "billing": {"target_workers": "skill == 'billing'"},
            "everyone": {"target_workers": "1==1"},
        },
        "workflows": {"front_door": {"configuration": {"task_routing": routing}}},
        "behaviors": {"phone": {"answer_delay": "4s", "no_answer_probability": "10%"}},
        "workers": {
            "expert": {"count": 1, "behavior": "phone", "attributes": {"skill": "billing"}},
            "agent": {"count": 2, "behavior": "phone", "attributes": {"skill": "other"}},
        },
        "tasks": {
            "bills": {**calls, "arrivals": poisson, "attributes": {"kind": "billing"}},
            "calls": {**calls, "arrivals": poisson},
        },
        "goals": {"service_level": ">= 99%", "abandonment": "<= 90%"},
    }
    return {**scenario, **changes}


def found(replications: int = 1, **changes: Any) -> Findings:
    scenario = trsim.Scenario.from_dict(desk(**changes))
    model = scenario.compile()
    study = replicate(model, replications=replications)
    return findings_of_study(study, scenario, model)


@pytest.fixture(scope="module")
def once() -> Findings:
    return found()


@pytest.fixture(scope="module")
def thrice() -> Findings:
    return found(3)


@pytest.fixture(scope="module")
def html(thrice: Findings) -> str:
    return page(thrice)


@pytest.fixture(scope="module")
def read(html: str) -> Element:
    return read_page(html)


def value_of(cell: Element) -> float | None:
    shown = cell.all("data")
    return float(shown[0].attributes["value"]) if shown else None


def says(cell: Element, value: KpiValue) -> None:
    """Check that a cell shows a figure of the tables, to the last digit."""
    assert value_of(cell) == value.estimate, value.name
    first = cell.all("data")[0].text if value.estimate is not None else cell.own_text
    assert first.strip() == figure(value.estimate, value.unit), value.name


def test_key_figures_are_those_of_the_tables(thrice: Findings, read: Element) -> None:
    rows = [row for row in read.all("tr") if "data-kpi" in row.attributes]
    shown = set()
    for row in rows:
        value = thrice.table[row.attributes["data-kpi"]]
        cells = row.all("td")
        if len(cells) == 3:
            says(cells[0], value)
            assert cells[1].text == interval_text(value)
            assert cells[2].text == value.definition.text
            shown.add(value.name)
    left_out = " ".join(note.text for note in read.all("p", class_="note") or read.all("p"))
    for value in thrice.table:
        if value.name.startswith("wait_") and value.name not in shown:
            continue  # parts of waits stand in a table of their own
        assert value.name in shown or label_of(value.name) in left_out, value.name


@pytest.mark.parametrize("kind", ["queue", "stream"])
def test_figures_of_queues_and_streams_are_those_of_the_tables(
    kind: str, thrice: Findings, read: Element
) -> None:
    groups = thrice.queues if kind == "queue" else thrice.streams
    table = read.one("table", id=f"by-{kind}")
    kpis = [link.attributes["href"].removeprefix("#kpi-") for link in table.all("a")]
    rows = table.one("tbody").all("tr")
    assert [row.all("th")[0].text for row in rows] == list(groups)
    assert kpis[:2] == ["offered", "service_level"]
    for row, own in zip(rows, groups.values(), strict=True):
        for cell, kpi in zip(row.all("td"), kpis, strict=True):
            says(cell, own[kpi])
            assert [line.text for line in cell.all("small")] == [interval_text(own[kpi])]


def test_parts_of_waits_are_those_of_the_tables(thrice: Findings, read: Element) -> None:
    table = read.one("table", id="attribution")
    kpis = [link.attributes["href"].removeprefix("#kpi-") for link in table.all("a")]
    rows = [row for row in table.one("tbody").all("tr") if row.all("td")]
    groups: list[KpiTable] = [thrice.table, *thrice.queues.values(), *thrice.streams.values()]
    assert kpis[0] == "wait_per_task"
    for row, own in zip(rows, groups, strict=True):
        for cell, kpi in zip(row.all("td"), kpis, strict=True):
            says(cell, own[kpi])
    whole, *parts = [value_of(cell) or 0.0 for cell in rows[0].all("td")]
    assert len(parts) == 6
    assert whole == pytest.approx(sum(parts))


def test_steps_and_workers_are_those_of_the_first_replication(
    thrice: Findings, read: Element
) -> None:
    rows = [row for row in read.one("table", id="steps").all("tr") if row.all("td")]
    entered = [value_of(row.all("td")[0]) for row in rows]
    assert entered == [steps.entered for steps in thrice.result.step_counts]
    workers = read.one("table", id="workers").one("tbody").all("tr")
    frame = thrice.result.workers
    assert [row.all("th")[0].text for row in workers] == frame["worker"].tolist()
    assert [value_of(row.all("td")[4]) for row in workers] == frame["occupancy"].tolist()


def test_intervals_add_up_to_the_run(thrice: Findings, read: Element) -> None:
    rows = read.one("table", id="intervals").one("tbody").all("tr")
    counted = [value_of(row.all("td")[2]) or 0 for row in rows]
    in_time, of = thrice.result.measures["service_level"]
    assert sum(counted) == of
    assert sum(value_of(row.all("td")[1]) or 0 for row in rows) == in_time
    assert rows[0].all("th")[0].text == "08:00:00"


def test_headlines(thrice: Findings, read: Element) -> None:
    boxes = read.one("dl", **{"class": "headlines"}).all("div")
    shown = [box.one("dd").own_text for box in boxes]
    values = [thrice.table[name] for name in HEADLINES]
    assert shown == [figure(value.estimate, value.unit) for value in values]


def test_the_answer_in_words(once: Findings, thrice: Findings) -> None:
    level = thrice.table["service_level"]
    assert question(thrice) == (
        "What service do customers get with 3 workers in 2 queues and 2 streams of tasks?"
    )
    assert answer(thrice).startswith(
        f"{figure(level.estimate, 'share')} of the offered tasks were assigned within 20s "
        f"(95 % interval: {interval_text(level)}). The goal, >= 99%, is missed"
    )
    assert "interval:" not in answer(once)
    assert goals_answer(thrice) == "1 of 2 goals missed: service_level >= 99%."
    tasks = figure(thrice.table["offered"].estimate, "tasks")
    assert simulated(thrice) == (
        f"1h from 2026-03-02 08:00 were simulated 3 times, with {tasks} tasks on average."
    )


@pytest.mark.parametrize(
    ("goals", "verdicts", "words"),
    [
        ({}, [], "The scenario sets no goals."),
        ({"abandonment": "<= 100%"}, ["met"], "The only goal is met."),
        ({"abandonment": "<= 100%", "offered": ">= 0"}, ["met", "met"], "All goals are met."),
        ({"offered": "< 0"}, ["MISSED"], "1 of 1 goal missed: offered < 0."),
    ],
    ids=["none", "one", "two", "missed"],
)
def test_goals(goals: dict[str, str], verdicts: list[str], words: str) -> None:
    findings = found(goals=goals)
    assert goals_answer(findings) == words
    rows = goal_table(findings.judgments).rows
    assert [(row.name.split()[0], row.cells[0].text) for row in rows] == [
        *zip(goals, verdicts, strict=True)
    ]


def test_goals_on_the_page(thrice: Findings, read: Element) -> None:
    assert read.one("section", id="answer").attributes["class"] == "answer missed"
    rows = read.one("table", id="goals-table").one("tbody").all("tr")
    assert [row.all("td")[0].own_text for row in rows] == ["MISSED", "met"]
    assert [row.all("td")[0].attributes["class"] for row in rows] == ["missed", "met"]
    for row in rows:
        says(row.all("td")[1], thrice.table[row.attributes["data-kpi"]])


def test_doubts_stand_before_the_figures(once: Findings) -> None:
    read = read_page(page(once))
    (box,) = [part for part in read.all("section") if part.attributes.get("class") == "warnings"]
    assert "one replication says nothing about chance" in box.text
    assert "behaviors.phone: a worker who misses an offer never comes back" in box.text
    text = read.one("body").text
    assert text.index("one replication says nothing") < text.index("Key figures")


def test_nothing_leads_out_of_the_page(html: str, read: Element) -> None:
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert not read.all("script") + read.all("link") + read.all("iframe") + read.all("object")
    for element in read.all(""):
        for name, value in element.attributes.items():
            assert not name.startswith("on"), name
            if name in ("href", "src", "xlink:href"):
                assert value.startswith(("#", "data:image/png;base64,")), value
        for url in re.findall(r"url\(([^)]*)\)", " ".join(element.attributes.values())):
            assert url.startswith("#")
    assert "url(" not in read.one("style").text
    policy = read.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_ids_are_unique_and_links_lead_to_them(read: Element) -> None:
    ids = [element.attributes["id"] for element in read.all("") if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    wanted = [
        element.attributes[name]
        for element in read.all("")
        for name in ("href", "aria-labelledby")
        if name in element.attributes and not element.attributes[name].startswith("data:")
    ]
    assert len(wanted) > 50
    assert {name.removeprefix("#") for name in wanted} <= set(ids)
    used = re.findall(r"url\(#([^)]+)\)", " ".join(str(e.attributes) for e in read.all("")))
    assert used
    assert set(used) <= set(ids)


def test_it_can_be_used_without_seeing_the_drawings(read: Element) -> None:
    assert read.one("html").attributes["lang"] == "en"
    assert "width=device-width" in read.one("meta", name="viewport").attributes["content"]
    figures = read.all("figure")
    assert len(figures) == 9
    for number, element in enumerate(figures, 1):
        caption = element.one("figcaption")
        assert caption.text.startswith(f"Figure {number}. ")
        drawing = element.one("svg")
        assert drawing.attributes["role"] == "img"
        assert drawing.attributes["aria-label"] in caption.text
    for table in read.all("table"):
        assert table.one("caption").text
        heads = table.one("thead").all("th")
        assert all(head.attributes["scope"] == "col" for head in heads)
        for row in table.one("tbody").all("tr"):
            cells = [cell for cell in row.children if cell.tag in ("th", "td")]
            width = sum(int(cell.attributes.get("colspan", 1)) for cell in cells)
            assert width == len(heads)
    levels = [int(e.tag[1]) for e in read.one("main").all("") if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_contents_name_every_section(read: Element) -> None:
    listed = [link.attributes["href"][1:] for link in read.one("nav").all("a")]
    sections = [part.attributes["id"] for part in read.all("section") if "id" in part.attributes]
    assert listed == sections


def test_equal_runs_give_equal_bytes(html: str) -> None:
    assert page(found(3)) == html


def test_a_kept_run_gives_the_same_page(tmp_path: Path) -> None:
    scenario = trsim.Scenario.from_dict(desk())
    model = scenario.compile()
    study = replicate(model, replications=2)
    folder = write_run_folder(tmp_path / "run", study, scenario.to_yaml())
    kept = findings_of_run(open_run(folder))
    assert kept.table == study.kpis()
    assert page(kept) == page(findings_of_study(study, scenario, model))


def test_the_definition_of_every_figure(thrice: Findings, read: Element) -> None:
    for value in thrice.table:
        entry = read.one("div", id=f"kpi-{value.name}")
        assert value.definition.text in entry.text
        assert value.definition.formula in entry.text
    assert len(thrice.table) > 0.9 * len(KPIS)


def test_how_to_make_the_run_again(thrice: Findings, read: Element) -> None:
    part = read.one("section", id="again")
    assert commands(thrice) == (
        "trsim run scenario.yaml --seed 3 --replications 3 --out run",
        "trsim report run --out report.html",
    )
    facts = dict(
        zip(
            (name.text for name in part.all("dt")),
            (fact.text for fact in part.all("dd")),
            strict=True,
        )
    )
    assert facts["Seed"] == "3"
    assert facts["Digest of the scenario (SHA-256)"] == thrice.model.digest
    assert facts["Fingerprint of the first event log (SHA-256)"] == thrice.fingerprints[0]
    assert facts["Version of trsim"] == trsim.__version__
    assert [item.text.strip() for item in part.all("li")] == list(thrice.fingerprints[1:])
    assert "task_queues:" in part.all("pre")[-1].text


def hostile() -> dict[str, Any]:
    """Return the desk with names that try to break out of the page."""
    given = desk(name=SCRIPT + QUOTES + MARKS + LONG)
    given["task_queues"] = {name: {"target_workers": "1==1"} for name in (SCRIPT, LONG)}
    targets = [{"queue": SCRIPT, "timeout": 30}, {"queue": LONG}]
    entry = {"filter_friendly_name": MARKS, "expression": "1==1", "targets": targets}
    given["workflows"] = {QUOTES: {"configuration": {"task_routing": {"filters": [entry]}}}}
    worker = {**given["workers"]["agent"], "count": 1}
    given["workers"] = {SCRIPT: worker, HEBREW: worker}
    calls = {**given["tasks"]["calls"], "workflow": QUOTES}
    given["tasks"] = {SCRIPT: calls, HEBREW: {**calls, "attributes": {"note": MARKS}}}
    return given


def test_hostile_names_are_shown_and_do_nothing() -> None:
    text = page(found(**hostile()))
    read = read_page(text)
    assert not read.all("script") + read.all("b")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "\u200f" not in text
    assert not [e for e in read.all("") if any(name.startswith("on") for name in e.attributes)]
    names = {
        key: [row.all("th")[0].text for row in read.one("table", id=key).one("tbody").all("tr")]
        for key in ("by-queue", "by-stream", "workers", "steps")
    }
    assert names["by-queue"] == [SCRIPT, LONG]
    assert names["by-stream"] == [SCRIPT, HEBREW]
    assert names["workers"] == [f"{SCRIPT}-1", f"{HEBREW}-1"]
    shown = r"\u202eevil\u200f $x^2$"
    assert names["steps"] == [QUOTES, f"{shown}, target 1: {SCRIPT}", f"{shown}, target 2: {LONG}"]
    title = read.one("h1").one("bdi").text
    assert title == (SCRIPT + QUOTES + shown + LONG)[:79] + "…"


def test_a_run_without_tasks() -> None:
    calls = {**desk()["tasks"]["calls"], "arrivals": {"process": "at", "times": []}}
    findings = found(tasks={"calls": calls})
    read = read_page(page(findings))
    assert longest_waiting(findings) is None
    assert read.one("p", **{"class": "said"}).text == (
        "There is no service level, because no task was counted."
    )
    assert not read.all("section", id="longest")
    assert "no tasks were offered" in read.text


def test_many_workers_have_a_table_and_no_drawing() -> None:
    workers = {"agent": {"count": 101, "behavior": "phone", "attributes": {"skill": "billing"}}}
    read = read_page(page(found(workers=workers)))
    staff = read.one("section", id="staff")
    assert not staff.all("figure")
    assert "too many workers for a drawing" in staff.text
    assert len(staff.one("tbody").all("tr")) == 100
    assert "The first 100 of 101 workers." in staff.text


def test_the_longest_wait(once: Findings) -> None:
    tasks = once.result.tasks
    waits = tasks["wait_s"].fillna(3600 - tasks["created_s"])
    assert longest_waiting(once) == waits.tolist().index(waits.max())


def test_drawings_that_are_too_large_are_left_out_and_named() -> None:
    figures = {name: PageFigure(name, "x", "é" * size) for name, size in (("a", 3), ("b", 5))}
    left = without_largest(figures, 10)
    assert {name: figure.svg for name, figure in left.items()} == {"a": "ééé", "b": ""}
    assert without_largest(figures, 16) == figures


def test_a_big_run_stays_small() -> None:
    workers = {
        f"team {n}": {"count": 40, "behavior": "phone", "attributes": {"skill": "billing"}}
        for n in range(5)
    }
    busy = {"process": "poisson", "rate": "2400/h"}
    tasks = {f"stream {n}": {**desk()["tasks"]["calls"], "arrivals": busy} for n in range(3)}
    text = page(found(2, workers=workers, tasks=tasks, horizon="3h"))
    assert text.count("<tr") > 100
    assert len(text.encode()) < MOST_BYTES


def test_it_says_what_made_it(html: str) -> None:
    assert f'<meta name="generator" content="{GENERATOR}">' in html[:400]


@pytest.mark.parametrize(
    "damage",
    [
        lambda kpis: kpis.pop("kpis"),
        lambda kpis: kpis["kpis"].reverse(),
        lambda kpis: kpis["kpis"][0].update(name="unheard_of"),
        lambda kpis: kpis["kpis"][0].update(estimate="many"),
        lambda kpis: kpis.update(replications=7),
    ],
    ids=["no figures", "wrong order", "unknown figure", "no number", "another run"],
)
def test_damaged_figures_are_refused(damage: Any, tmp_path: Path) -> None:
    scenario = trsim.Scenario.from_dict(desk(horizon="1m"))
    study = replicate(scenario.compile())
    folder = write_run_folder(tmp_path / "run", study, scenario.to_yaml())
    file = folder / "kpis.json"
    kpis = json.loads(file.read_bytes())
    damage(kpis)
    file.write_text(json.dumps(kpis), "utf-8")
    with pytest.raises(UsageError, match=r"kpis\.json is missing, or is not as trsim writes it"):
        findings_of_run(open_run(folder))


def test_a_study_without_a_kept_replication_has_no_page() -> None:
    scenario = trsim.Scenario.from_dict(desk(horizon="1m"))
    model = scenario.compile()
    with pytest.raises(UsageError, match="needs the first replication"):
        findings_of_study(replicate(model, keep=0), scenario, model)
