"""How long a run takes to be summarised and drawn, beside reading its log with pandas.

Usage, in the project's folder: ``python -m benchmarks.summary [--tasks 90000] [--rounds 3]``

Runs workload W3 once (90,000 tasks make about a million rows) and writes its log as Parquet.  Then
each figure, table and plot is made from that log, by a result that knows nothing yet, and so pays
for all it needs.  The yardstick, in every round, is ``pandas.read_parquet`` of the same file.
Printed are medians over the rounds: processor seconds, and the ratio to the yardstick.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.w3 import model, processor_seconds
from trsim.analysis.attribution import attribute_waits
from trsim.analysis.results import Result
from trsim.experiments.run import run
from trsim.plots import PLOTS, Plot, View, save_figure

YARDSTICK = "pandas.read_parquet"
Work = Callable[[], Any]


def fresh(result: Result) -> Result:
    """Return the result of the same log with no table made yet."""
    return Result(
        result.provenance, result.replication, result.log, result.criteria, model=result.model
    )


def drawn(plot: Plot, result: Result, view: View, file: Path) -> None:
    """Work out and draw a plot, and write it as a picture."""
    save_figure(plot.draw(fresh(result), view), file)


def told(result: Result, *names: str) -> list[Any]:
    """Return some of the figures and tables of a result that knows nothing yet."""
    blank = fresh(result)
    return [getattr(blank, name) for name in names]


def works(result: Result, folder: Path) -> dict[str, Work]:
    """Return everything that is measured, by name, the yardstick first."""
    log, compiled = result.log, result.model
    assert compiled is not None, "a run knows its model"
    view = View(model=compiled)
    frames = ("tasks", "reservations", "workers", "queues", "activities", "steps")
    return {
        YARDSTICK: partial(pd.read_parquet, folder / "events.parquet"),
        "key figures": partial(told, result, "measures"),
        "key figures by queue and stream": partial(told, result, "group_measures"),
        "tables": partial(told, result, *frames),
        "attribution of waits": partial(attribute_waits, log, compiled, result.criteria.horizon_ms),
        **{
            f"plot {name}": partial(drawn, plot, result, view, folder / f"{name}.png")
            for name, plot in PLOTS.items()
        },
    }


def main() -> None:
    """Measure everything round by round, and print the medians."""
    parser = argparse.ArgumentParser(description="what summaries and plots of a run cost")
    parser.add_argument("--tasks", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    run_s, result = processor_seconds(partial(run, model(options.tasks), seed=1))
    print(f"the run itself: {run_s:.2f} s for {len(result.log):,} rows")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        result.log.save(folder / "events.parquet")
        measured = works(result, folder)
        for work in measured.values():
            work()  # what is imported, and fonts that are looked up, count nowhere
        spent: dict[str, list[float]] = {name: [] for name in measured}
        for _ in range(options.rounds):
            for name, work in measured.items():
                spent[name].append(processor_seconds(work)[0])
    for name, seconds in spent.items():
        pairs = zip(seconds, spent[YARDSTICK], strict=True)
        ratio = statistics.median(ours / yardstick for ours, yardstick in pairs)
        print(f"{name:32} {statistics.median(seconds):7.2f} s | ratio {ratio:6.1f}")


if __name__ == "__main__":
    main()
