"""Draw docs/pool_drain.svg: what missed offers do to a pool of workers.

Usage: ``python docs/draw_pool_drain.py`` in the project's folder, after the set-up.
"""

from __future__ import annotations

import matplotlib.pyplot as plt

import trsim

SCENARIO = "scenarios/pool_drain.yaml"
RETURNING = {"behaviors.desk_phone.return_delay": {"after_timeout": "3m"}}


def staffed(result: trsim.Result) -> tuple[list[float], list[int]]:
    """Return the instants [h] and numbers of workers in an available activity."""
    rows = result.log.to_frame().dropna(subset=["activity"])
    where = dict.fromkeys(rows["worker"].unique(), False)
    hours, counts = [], []
    for at_ms, worker, activity in rows[["at_ms", "worker", "activity"]].itertuples(index=False):
        where[worker] = activity == "Available"
        hours.append(at_ms / 3_600_000)
        counts.append(sum(where.values()))
    return hours, counts


def main() -> None:
    """Run the scenario as it is and with workers who come back, and draw both."""
    plt.switch_backend("svg")
    plt.rcParams.update({"svg.hashsalt": "trsim", "svg.fonttype": "none"})
    scenario = trsim.load_scenario(SCENARIO)
    runs = {
        "nobody brings them back": (trsim.run(scenario.compile()), "-"),
        "back after 3 minutes": (trsim.run(scenario.replace(RETURNING).compile()), ":"),
    }
    figure, axes = plt.subplots(figsize=(7.2, 2.9), layout="constrained")
    for label, (result, style) in runs.items():
        hours, counts = staffed(result)
        abandonment = result.kpis()["abandonment"].estimate
        horizon_h = result.horizon_ms / 3_600_000
        axes.step(
            [*hours, horizon_h],
            [*counts, counts[-1]],
            style,
            color="black",
            where="post",
            label=f"{label}: {abandonment:.0%} of the callers hang up",
        )
    axes.set(xlabel="time [h]", ylabel="workers available", ylim=(0, 8.5), xlim=(0, horizon_h))
    axes.set_title(
        "One offer in ten is missed, and a miss puts the worker into Offline", fontsize=10
    )
    axes.legend(frameon=False, loc="center right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig("docs/pool_drain.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
