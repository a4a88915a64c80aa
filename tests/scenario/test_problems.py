from __future__ import annotations

from trsim.scenario.problems import Place, allowed_names, nearest, path_text, problem_at, shown


def test_values_are_escaped_and_shortened() -> None:
    assert shown("a\x1b\u202eb") == "'a\\x1b\\u202eb'"
    assert len(shown("x" * 1000)) < 50
    assert len(shown(10**14 * 1.1)) < 50
    assert (shown([]), shown({}), shown(False)) == ("a list", "a mapping", "false")


def test_paths_are_escaped() -> None:
    assert path_text(("a", "b c", 0, "\x1b", "é")) == 'a."b c"[0]."\\x1b".é'
    assert len(path_text(("x" * 1000,))) < 70


def test_first_lines_are_short_and_keep_the_guess() -> None:
    place = Place("desk.yaml", 3, 4)
    found = problem_at(place, ("a" * 60,) * 5, "r" * 300 + " (did you mean 'x'?)\nsecond")
    first, second = str(found).split("\n")
    assert len(first) == 200
    assert first.endswith("did you mean 'x'?)")
    assert second == "second"
    far = problem_at(Place("/" + "long/" * 60 + "desk.yaml", 1, 1), (), "is missing")
    assert far.reason == "is missing"


def test_guesses() -> None:
    assert nearest("BILLING", ["sales", "billing"]) == "billing"
    assert nearest("qqq", ["sales", "billing"]) is None
    assert nearest("x" * 10_000, ["sales"]) is None
    assert allowed_names(()) == "there are none"
    assert allowed_names(("a", "b"), "zzz") == "allowed: a, b"
    assert allowed_names(tuple("abcdefgh")) == "allowed: a, b, c, d, e, f and 2 more"
