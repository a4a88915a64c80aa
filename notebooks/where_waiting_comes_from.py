# ---
# jupyter:
#   jupytext:
#     formats: py:percent,ipynb
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Where does the waiting come from?
#
# Callers wait for different things: for a phone that somebody picks up, for phones that nobody
# picks up, for a worker to become free, for the workflow to let other workers in. trsim splits the
# wait of each task into these parts, without a remainder. So one sees what to change before
# changing it.

# %%
from datetime import datetime
from pathlib import Path

import pandas as pd

import trsim
from trsim.analysis.attribution import WAIT_PARTS, attribute_waits
from trsim.plots import PLOTS, View

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")
scenario = trsim.load_scenario(folder / "support_desk.yaml")
model = scenario.compile()
day = trsim.run(model, seed=7)
view = View(start=datetime(2026, 3, 2), model=model)

# %% [markdown]
# ## The parts

# %%
for part in WAIT_PARTS.values():
    print(f"{part.label}: {part.text}.")

# %%
PLOTS["wait_attribution"].draw(day, view)

# %% [markdown]
# The same in numbers, in minutes over the whole day:

# %%
shares = attribute_waits(day.log, model, day.horizon_ms)
totals = shares.totals_frame().query("by != 'stream'").fillna({"name": "all"}).set_index("name")
minutes = (totals.filter(like="_s") / 60).round(1)
minutes.rename(columns=lambda name: name.removesuffix("_s") + " [min]")

# %% [markdown]
# ## When?
#
# Waiting for a free worker has its hours; ringing has none.

# %%
PLOTS["staffing"].draw(day, view)

# %%
PLOTS["service_level"].draw(day, view)

# %% [markdown]
# ## Who waited longest, and for what?

# %%
shares.to_frame().nlargest(5, "wait_s").round(1)

# %% [markdown]
# ## What helps?
#
# Three changes, each aimed at another part: more people for the hours in which nobody is free, a
# shorter reservation timeout against ringing for nothing, and fewer missed offers. All meet the
# same callers. Figures are seconds of waiting for each task, and the shares that judge it.

# %%
changes = {
    "as it is": {},
    "four more all-rounders": {"workers.all_round.count": 14},
    "timeout 12 s": {"workflows.front_door.task_reservation_timeout": "12s"},
    "half as many misses": {"behaviors.desk_phone.no_answer_probability": "2.5%"},
}
rows = {}
for name, change in changes.items():
    other = scenario.replace(change).compile()
    run = trsim.run(other, seed=7)
    total = attribute_waits(run.log, other, run.horizon_ms).total()
    rows[name] = {
        **{
            part: getattr(total, f"{part}_ms") / 1000 / total.tasks
            for part in ("ringing", "lost_offers", "for_deadline", "nobody_free")
        },
        "wait": total.wait_ms / 1000 / total.tasks,
        "service level": run.kpis()["service_level"].estimate,
        "hung up": run.kpis()["abandonment"].estimate,
    }
pd.DataFrame(rows).T.round(3)

# %% [markdown]
# The parts say what was, not what would have been: with fewer misses workers are also away less,
# and so fewer callers find nobody. That is why a change is simulated and not subtracted.
#
# One day is one day. Before deciding, repeat it. Day by day both settings meet the same callers, so
# the differences say more than two intervals beside each other.

# %%
days = {}
for name in ("as it is", "half as many misses"):
    study = trsim.replicate(scenario.replace(changes[name]).compile(), replications=8, seed=7)
    figures = study.per_replication().query("kpi == 'mean_wait'")
    days[name] = figures.set_index("replication")["value"]
waits = pd.DataFrame(days)
waits.assign(difference=waits["half as many misses"] - waits["as it is"]).round(2)
