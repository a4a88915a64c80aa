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
# # trsim in ten minutes
#
# From a scenario file to figures, pictures and a first what-if. Run the cells one after the other,
# in JupyterLab or in an editor that knows `# %%` cells; as a plain program it works too.

# %%
from datetime import datetime
from pathlib import Path

import trsim
from trsim.plots import PLOTS, View
from trsim.report.story import story

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")

# %% [markdown]
# ## 1. A scenario
#
# A scenario is a YAML file with the centre (queues, workflow, workers), how people behave (how fast
# they answer, how long they wait, how long they talk) and a span of time. This one is a support
# desk on a working day.

# %%
scenario = trsim.load_scenario(folder / "support_desk.yaml")
scenario

# %% [markdown]
# ## 2. One day
#
# `compile` checks and numbers everything; `run` simulates it. The same seed gives the same day, on
# every machine.

# %%
model = scenario.compile()
day = trsim.run(model, seed=7)
kpis = day.kpis()
kpis.to_frame().set_index("kpi").loc[
    ["offered", "service_level", "abandonment", "mean_wait", "wait_p95", "occupancy"],
    ["estimate", "unit"],
]

# %% [markdown]
# Every figure has a definition. `trsim run --definitions` prints them all; here is one:

# %%
definition = kpis["abandonment"].definition
print(f"{definition.text} [{definition.unit}]")

# %% [markdown]
# Pictures are made from the same run. The names are in `PLOTS`; each is a function of a result.

# %%
view = View(start=datetime(2026, 3, 2), model=model)
PLOTS["staffing"].draw(day, view)

# %%
for name, plot in PLOTS.items():
    print(f"{name:18} {plot.text}")

# %% [markdown]
# ## 3. One caller
#
# Behind every figure are tasks. The story of one of them, in TaskRouter's words: it is created, a
# worker is reserved, and only an accepted reservation assigns it.

# %%
print(story(day.log, tasks=[12], start=model.start))

# %% [markdown]
# The tables have one row for each task, reservation and worker; they are ordinary data frames.

# %%
day.tasks[["stream", "queue", "status", "offers", "wait_s", "talk_s"]].head()

# %% [markdown]
# ## 4. A what-if
#
# How long should a reservation stand before the next worker is asked? Each setting below meets the
# same callers with the same patience, and workers react to offers in the same way, so the
# differences come from the timeout alone.

# %%
timeout = "workflows.front_door.task_reservation_timeout"
for setting in ("10s", "20s", "40s"):
    kpis = trsim.run(scenario.replace({timeout: setting}).compile(), seed=7).kpis()
    print(
        f"{setting:>4}: assigned within 20 s {kpis['service_level'].estimate:.1%}, "
        f"hung up {kpis['abandonment'].estimate:.1%}, "
        f"worker time ringing for nothing {kpis['lost_ringing_time'].estimate / 60:.0f} min"
    )

# %% [markdown]
# ## 5. How sure is that?
#
# One day says little about chance. Several independent days give intervals.

# %%
study = trsim.replicate(model, replications=5, seed=7)
study.kpis().to_frame().set_index("kpi").loc[
    ["service_level", "abandonment", "mean_wait", "occupancy"], ["estimate", "low", "high", "unit"]
]

# %% [markdown]
# ## 6. Turn it yourself
#
# In Jupyter, `trsim.explore` shows a slider for each value, and table and picture follow. Without
# Jupyter it is a table, and `at` says what comes of a change.

# %%
explorer = trsim.explore(scenario, {timeout: (5, 60, 5), "workers.all_round.count": (2, 20)})
explorer

# %%
print(explorer.at({"workers.all_round.count": 16}))

# %% [markdown]
# ## Where to go on
#
# * `one_task`: why a task went the way it went
# * `reading_a_workflow`: what a real TaskRouter workflow does with callers
# * `where_waiting_comes_from`: what tasks waited for, and what helps
# * `own_behavior`: how people answer, and how to say it
