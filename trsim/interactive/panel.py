"""The sliders of ``trsim.explore``, with the table and the picture below them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import ModuleType
from typing import Any, Final

from trsim.errors import TrsimError, UsageError
from trsim.interactive.knobs import Kind, Knob
from trsim.interactive.outcome import PICTURE_WIDTH, Outcome

DELAY_S: Final = 0.25
"""So long sliders must rest before a run begins [s]."""
_WIDTHS: Final = {"description": "30em", "slider": "52em"}


def load_widgets() -> ModuleType:
    """Return the library of widgets.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        return importlib.import_module("ipywidgets")
    except ImportError:
        raise UsageError(
            "sliders need the package ipywidgets, which is not installed; "
            "pip install 'trsim[notebook]' installs it"
        ) from None


class Debounce:
    """Acts once when askers have been quiet for a while.

    Parameters
    ----------
    delay_s : float
        How long they must be quiet [s], >= 0.
    act : callable
        What is done then.
    """

    def __init__(self, delay_s: float, act: Callable[[], None]) -> None:
        self._delay_s = delay_s
        self._act = act
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Act after the delay, unless asked again before; at once where no event loop runs."""
        self._stop()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._act()
            return
        self._timer = loop.call_later(self._delay_s, self.flush)

    def flush(self) -> None:
        """Act now if somebody has asked."""
        if self._timer is not None:
            self._stop()
            self._act()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Panel:
    """Sliders, and what comes of their values.

    Parameters
    ----------
    knobs : sequence of Knob
        What can be turned.
    run : callable
        Returns what comes of some changes.
    delay_s : float
        How long sliders must rest before a run begins [s], >= 0.

    Attributes
    ----------
    sliders : dict of str to widget
        By path; setting their ``value`` is turning them.
    reset : widget
        The button that turns everything back.
    box : widget
        All of it.

    Raises
    ------
    UsageError
        The widgets are not installed.
    """

    def __init__(
        self,
        knobs: Sequence[Knob],
        run: Callable[[Mapping[str, object]], Outcome],
        delay_s: float = DELAY_S,
    ) -> None:
        widgets: Any = load_widgets()
        self._knobs = {knob.path: knob for knob in knobs}
        self._run = run
        self._debounce = Debounce(delay_s, self._refresh)
        self._outcome = run({})
        self.sliders: dict[str, Any] = {knob.path: _slider(widgets, knob) for knob in knobs}
        for slider in self.sliders.values():
            slider.observe(self._turned, names="value")
        self.reset = widgets.Button(description="as in the scenario")
        self.reset.on_click(self._turn_back)
        self._status = widgets.HTML()
        self._table = widgets.HTML(self._outcome.table_html())
        self._picture = widgets.Image(
            value=self._outcome.picture(), format="svg+xml", width=PICTURE_WIDTH
        )
        below = (self.reset, self._status, self._table, self._picture)
        self.box = widgets.VBox([*self.sliders.values(), *below])

    @property
    def outcome(self) -> Outcome:
        """What comes of the values as they are; runs now if that has not been done yet.

        If the values cannot be run, it is what was shown last.
        """
        self._debounce.flush()
        return self._outcome

    @property
    def status(self) -> str:
        """What the line below the sliders says, as HTML; empty if all is well."""
        return str(self._status.value)

    @property
    def changes(self) -> dict[str, object]:
        """The values that differ from the scenario's, as a scenario file has them."""
        turned = {path: slider.value for path, slider in self.sliders.items()}
        return {
            path: self._knobs[path].written(value)
            for path, value in turned.items()
            if value != self._knobs[path].base
        }

    def _turned(self, _: object) -> None:
        self._debounce.ask()

    def _turn_back(self, _: object) -> None:
        for path, slider in self.sliders.items():
            slider.value = self._knobs[path].base

    def _refresh(self) -> None:
        self._status.value = "running …"
        try:
            self._outcome = self._run(self.changes)
        except TrsimError as problem:
            # The figures below stay those of the last values that could be run.
            self._status.value = f"<pre>{escape(str(problem))}</pre>"
            return
        self._table.value = self._outcome.table_html()
        self._picture.value = self._outcome.picture()
        self._status.value = ""


def _slider(widgets: Any, knob: Knob) -> Any:
    """Return the widget of a knob."""
    style = {"description_width": _WIDTHS["description"]}
    look = {"description": _label(knob), "style": style, "layout": {"width": _WIDTHS["slider"]}}
    if knob.kind is Kind.CHOICE:
        options = [
            ("left out" if choice is None else str(choice), choice) for choice in knob.choices
        ]
        return widgets.Dropdown(options=options, value=knob.base, **look)
    bounds = {"value": knob.base, "min": knob.low, "max": knob.high, "step": knob.step}
    # Runs wait until the slider is let go; moving it would ask for many.
    if knob.kind is Kind.WHOLE:
        return widgets.IntSlider(**bounds, continuous_update=False, **look)
    decimals = 0 if knob.step >= 1 else 2 if knob.step >= 0.01 else 4
    readout = f".{decimals}f"
    return widgets.FloatSlider(**bounds, continuous_update=False, readout_format=readout, **look)


def _label(knob: Knob) -> str:
    unit = {Kind.DURATION: " [s]", Kind.RATE: " [1/h]"}.get(knob.kind, "")
    return f"{knob.path}{unit}"
