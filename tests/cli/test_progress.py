"""The progress bar: only for people, and only where there is time to read it."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

import pytest

from trsim.cli.progress import progress_bar
from trsim.interactive import bars


class Terminal(io.StringIO):
    """A screen."""

    def isatty(self) -> bool:
        return True


def test_nobody_at_a_terminal_sees_no_bar() -> None:
    with redirect_stderr(io.StringIO()), progress_bar(quiet=False) as advance:
        assert advance is None


def test_who_asked_for_silence_sees_no_bar() -> None:
    with redirect_stderr(Terminal()), progress_bar(quiet=True) as advance:
        assert advance is None


def test_a_short_run_shows_no_bar() -> None:
    screen = Terminal()
    with redirect_stderr(screen), progress_bar(quiet=False) as advance:
        assert advance is not None
        advance(0.5)
        advance(1.0)
    assert screen.getvalue() == ""


def test_a_long_run_shows_how_much_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "PATIENCE_S", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    with redirect_stderr(screen), progress_bar(quiet=False) as advance:
        assert advance is not None
        advance(0.25)
        advance(0.5)
    assert "simulating" in screen.getvalue()
    assert "50%" in screen.getvalue()
