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
# # Reading a TaskRouter workflow
#
# A workflow document of TaskRouter runs in trsim as it is. This notebook takes one that the live
# service accepts, from Twilio's TaskRouter tutorial for Django, and asks: whom does it ever ask,
# and what becomes of the callers? Demand and people are assumed; the scenario file says which.

# %%
import json
from pathlib import Path

import pandas as pd

import trsim
from trsim.plots import PLOTS, View
from trsim.report.explain import explain
from trsim.report.explain_find import clock_for, name_of
from trsim.report.explain_text import Timeline, timeline_text
from trsim.scenario.lint_files import lint_file

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")
file = folder / "tutorial_workflow.yaml"

# %% [markdown]
# ## The document
#
# A task takes the first filter whose expression is true, and tries its targets from the top.

# %%
document = json.loads((folder / "tutorial_workflow.json").read_text(encoding="utf-8"))
for rule in document["task_routing"]["filters"]:
    print(rule["filter_friendly_name"], "if", rule["expression"])
    for target in rule["targets"]:
        print("   ", target)
print("else", document["task_routing"]["default_filter"])

# %% [markdown]
# ## Before anything runs
#
# The linter says what the document probably does not mean. Timeouts add up from the creation of the
# task: two targets of 5 s each end at ages 5 s and 10 s, however long an offer stands.

# %%
for finding in lint_file(str(file)):
    print(f"{finding.level} [{finding.rule}] {finding.problem.path}\n    {finding.problem.reason}")

# %% [markdown]
# ## Which targets ever ask anybody?
#
# One row for each target: how many tasks entered it, for how many somebody was reserved, and how
# they left.

# %%
scenario = trsim.load_scenario(file)
model = scenario.compile()
day = trsim.run(model)
day.steps[
    ["filter", "target", "queue", "entered", "reserved", "accepted", "timed_out", "workflow_ended"]
]

# %% [markdown]
# What became of the callers:

# %%
day.tasks.groupby(["status", "reason"], dropna=False).size()

# %% [markdown]
# ## Why was this caller sent away?
#
# The first caller whom the workflow canceled although an agent had been asked:

# %%
lost = day.tasks.query("reason == 'workflow_timeout' and offers > 0")
task = int(lost.index[0])
entries = explain(model, day.log.rows(), task)
told = Timeline(model.name, task, name_of(day.log, task), entries)
print(timeline_text(told, clock_for(model, day.log, task), width=100))

# %%
PLOTS["task_life"].draw(day, View(task=task))

# %% [markdown]
# ## What would help?
#
# The last target of a filter needs no timeout: without one, callers wait until somebody is free or
# they hang up. Second change: an offer that is over before its target is leaves time for the other
# agent. Each row is the mean of twenty days with the same callers.

# %%
filters = "workflows.Sales.configuration.task_routing.filters"
open_end = {
    f"{filters}[{number}].targets[1]": {
        key: value for key, value in rule["targets"][1].items() if key != "timeout"
    }
    for number, rule in enumerate(document["task_routing"]["filters"])
}
short_offer = {"workflows.Sales.task_reservation_timeout": "4s"}
variants = {
    "as recorded": {},
    "no timeout at the end": open_end,
    "and offers of 4 s": {**open_end, **short_offer},
}
columns = ["assigned", "canceled_workflow_timeout", "canceled_hangup", "mean_wait", "timeout_share"]
rows = {}
for name, changes in variants.items():
    kpis = trsim.replicate(scenario.replace(changes).compile(), replications=20).kpis()
    rows[name] = {column: kpis[column].estimate for column in columns}
pd.DataFrame(rows).T.round(3)

# %% [markdown]
# Without the last timeout nobody is sent away, and more callers reach an agent; some wait long, and
# some hang up. Short offers are no cure: agents who take six seconds to answer miss most offers of
# four, and every miss sends them away for minutes.
