"""Lints files: scenarios, and workflow documents by themselves as TaskRouter's API carries them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from trsim.errors import Problem, ScenarioError
from trsim.routing.workflow_lint import lint_workflow
from trsim.routing.workflow_problems import DocumentProblem
from trsim.routing.workflow_reader import read_workflow
from trsim.scenario.documents import MAX_DOCUMENT
from trsim.scenario.files import read_content
from trsim.scenario.includes import WRAPPERS
from trsim.scenario.json_reader import read_json
from trsim.scenario.lint import findings_of
from trsim.scenario.lint_findings import INVALID, Finding, finding_at
from trsim.scenario.load import load_scenario
from trsim.scenario.nodes import Limits, MapNode, Node, ScalarNode, plain
from trsim.scenario.places import place_of
from trsim.scenario.problems import Path as KeyPath
from trsim.scenario.problems import Place, problem_at
from trsim.scenario.yaml_reader import decode, read_yaml

SUFFIXES = (".yaml", ".yml", ".json")
"""Endings of the files that are looked at in a folder."""
DEFAULT_OFFER_MS = 120_000
"""How long an offer stands where nothing is said [ms] (Twilio, "Workflow resource")."""
_OFFER_KEYS = ("task_reservation_timeout", "TaskReservationTimeout")
"""Keys of the API's answers and of its requests."""


def files_in(folder: str) -> Iterator[str]:
    """Yield the files of a folder and of the folders in it, hidden ones left out, in order.

    Parameters
    ----------
    folder : str
        The folder, as the user named it.
    """
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield os.path.join(here, name)


def lint_folder(folder: str, *, offer_ms: int | None = None) -> list[list[Finding]]:
    """Return what is found in each file of a folder, in the order of the files.

    A workflow document that a scenario of the folder uses is judged there, with its reservation
    timeout and its queues, and not once more by itself.

    Parameters
    ----------
    folder : str
        The folder, as the user named it.
    offer_ms : int, optional
        As for :func:`lint_file`.
    """
    files = list(files_in(folder))
    found: dict[str, list[Finding] | None] = {}
    used: set[str] = set()
    for file in files:
        if not file.lower().endswith(".json"):
            found[file] = lint_file(file, offer_ms=offer_ms, named=False)
            used |= _files_used(file)
    for file in files:
        if file not in found and os.path.realpath(file) not in used:
            found[file] = lint_file(file, offer_ms=offer_ms, named=False)
    by_file = (found.get(file) for file in files)
    return [findings for findings in by_file if findings is not None]


def _files_used(file: str) -> set[str]:
    """Return the files that a scenario is read from; none if it is no scenario."""
    try:
        scenario = load_scenario(file)
    except ScenarioError:
        return set()
    return {os.path.realpath(used) for used in scenario.files()}


def lint_file(
    file: str, *, offer_ms: int | None = None, named: bool = True
) -> list[Finding] | None:
    """Return what is wrong or suspicious about a file.

    Parameters
    ----------
    file : str
        A scenario, or a workflow document: bare, as a JSON text, or as TaskRouter's API carries
        it.
    offer_ms : int, optional
        How long an offer stands under a bare document [ms]; left out: what the file says, else
        120 s.
    named : bool
        Whether somebody asked for this very file.

    Returns
    -------
    list of Finding or None
        In the order of their places; None if it is neither and nobody asked for it.
    """
    try:
        root = _root(file)
        if _is_scenario(root) or (named and not file.lower().endswith(".json")):
            if not _is_document(root):
                return _of_scenario(file)
        elif not named and not _is_document(root):
            return None
        return _of_document(root, offer_ms)
    except ScenarioError as fault:
        return errors(fault.problems)


def errors(problems: Iterable[Problem]) -> list[Finding]:
    """Return why a file cannot be used, as findings."""
    return [Finding(problem, "error", INVALID) for problem in problems]


def _root(file: str) -> Node:
    """Return the tree of a file; a JSON text in it is read as well."""
    limits = Limits()
    try:
        content = read_content(Path(file), limits)
    except ValueError as fault:
        raise ScenarioError([problem_at(Place(file), (), str(fault))]) from None
    if file.lower().endswith(".json"):
        root = read_json(decode(content, file), Place(file), (), limits, is_file=True)
    else:
        root = read_yaml(content, file, limits)
    if isinstance(root, ScalarNode) and isinstance(root.value, str):
        return read_json(root.value, root.place, (), limits, is_file=False)
    return root


def _is_scenario(root: Node) -> bool:
    return isinstance(root, MapNode) and "trsim" in root.entries


def _is_document(root: Node) -> bool:
    keys = root.entries if isinstance(root, MapNode) else {}
    return "trsim" not in keys and any(key in keys for key in ("task_routing", *WRAPPERS))


def _of_scenario(file: str) -> list[Finding]:
    scenario = load_scenario(file)
    model = scenario.compile()
    return findings_of(scenario.content, scenario.source, model.routing, model.world)


def _of_document(root: Node, offer_ms: int | None) -> list[Finding]:
    node, base = _unwrapped(root)
    data = plain(node)
    length = len(json.dumps(data).encode())
    if length > MAX_DOCUMENT:
        reason = f"has at most {MAX_DOCUMENT} bytes (found {length})"
        return errors([problem_at(node.place, base, reason)])
    document, said = read_workflow(data, None)
    problems = list(said)
    if document is not None:
        known_ms = offer_ms or _offer_ms(root)
        linted = lint_workflow(document, data, known_ms or DEFAULT_OFFER_MS)
        problems += linted if known_ms else map(_assumed, linted)
    return sorted((_found(node, base, problem) for problem in problems), key=lambda f: f.place)


def _assumed(problem: DocumentProblem) -> DocumentProblem:
    """Return a problem as it is said where nobody knows how long an offer stands."""
    if problem.rule != "offer-outlasts-target":
        return problem
    reason = f"{problem.reason} ({DEFAULT_OFFER_MS // 1000} s is TaskRouter's default)"
    return problem._replace(reason=reason, is_note=True)


def _found(node: Node, base: KeyPath, problem: DocumentProblem) -> Finding:
    place = place_of(node, problem.path)
    return finding_at(place, (*base, *problem.path), problem.reason, problem.level, problem.rule)


def _unwrapped(root: Node) -> tuple[Node, KeyPath]:
    """Return the document in what the API carries, and the key path that leads to it."""
    if not isinstance(root, MapNode) or "task_routing" in root.entries:
        return root, ()
    for key in WRAPPERS:
        inner = root.get(key)
        if isinstance(inner, ScalarNode) and isinstance(inner.value, str):
            return read_json(inner.value, inner.place, (key,), is_file=False), (key,)
        if inner is not None:
            return inner, (key,)
    return root, ()


def _offer_ms(root: Node) -> int | None:
    """Return how long an offer stands according to what the API carries [ms], None: not said."""
    for key in _OFFER_KEYS:
        node = root.get(key) if isinstance(root, MapNode) else None
        text = str(node.value) if isinstance(node, ScalarNode) else ""
        if text.isascii() and text.isdigit() and 0 < len(text) <= 5 and int(text):
            return 1000 * int(text)
    return None
