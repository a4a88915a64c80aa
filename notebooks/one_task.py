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
# # The life of one task
#
# Averages hide what happened to the caller who complained. This notebook takes one task out of a
# day and looks at it in four ways: as a story, as a picture, with the reasons, and as raw events.

# %%
from datetime import datetime
from pathlib import Path

import trsim
from trsim.plots import PLOTS, View
from trsim.report.explain import explain
from trsim.report.explain_find import clock_for, name_of
from trsim.report.explain_text import Timeline, timeline_text
from trsim.report.story import story

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")
model = trsim.load_scenario(folder / "support_desk.yaml").compile()
day = trsim.run(model, seed=7)

# %% [markdown]
# ## Find it
#
# Which tasks were offered at least three times before somebody took them?

# %%
often = day.tasks.query("offers >= 3").nlargest(5, "wait_s")
often[["stream", "number", "queue", "status", "offers", "wait_s"]]

# %%
task = int(often.index[0])
name_of(day.log, task)

# %% [markdown]
# ## The story
#
# A story has one line for each thing that happened to the task. Time spent with a worker who does
# not answer is lost for the caller, and the worker is sent away for a while.

# %%
print(story(day.log, tasks=[task], start=model.start))

# %% [markdown]
# ## The life line
#
# The same as a picture: in which queue the task was, whose phone rang, what came of it.

# %%
view = View(start=datetime(2026, 3, 2), task=task)
PLOTS["task_life"].draw(day, view)

# %% [markdown]
# ## The reasons
#
# `explain` adds why: which filters were tested, who could have been asked and who could not, and
# when a deadline was looked at. It replays the log and asks the routing rules themselves. On the
# command line this is `trsim explain`.

# %%
entries = explain(model, day.log.rows(), task)
told = Timeline(model.name, task, name_of(day.log, task), entries)
print(timeline_text(told, clock_for(model, day.log, task), width=100))

# %% [markdown]
# The entries are plain values, so they can be counted or filtered.

# %%
[(entry.age_ms / 1000, entry.kind.value) for entry in entries]

# %% [markdown]
# ## The events
#
# All of this is read off the event log, which has TaskRouter's event types.

# %%
events = day.log.to_frame().query("task == @task")
events[["at_ms", "event", "worker", "queue", "task_status", "reservation_status"]]
