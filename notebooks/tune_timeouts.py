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
# # Which reservation timeout should I set?
#
# A short timeout takes the task from somebody who was about to answer, and sends that worker
# away. A long one lets callers listen to the phone of somebody who is not there. In between lies
# a value that suits your centre. This notebook finds it, and shows how far the answer can be
# trusted.
#
# The centre: six workers, 216 calls an hour. 15 % of the offers nobody answers, and who misses
# one is away for a minute.

# %%
from pathlib import Path

import trsim
from trsim.plots.curves import kpi_curves
from trsim.plots.pareto import draw_pareto
from trsim.plots.tuning_curve import draw_tuning_curve

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")
scenario = trsim.load_scenario(folder / "timeout_study.yaml").replace({"horizon": "2h"})
timeout = "workflows.front_door.task_reservation_timeout"
scenario

# %% [markdown]
# ## What the timeout does
#
# First a look: four timeouts, eight replications each. Every timeout meets the same callers, with
# the same patience, and the same luck of each offer.

# %%
with trsim.workplace() as here:
    look = trsim.sweep(scenario, [f"{timeout}=5s,15s,30s,60s"], replications=8, evaluator=here)
kpi_curves(look, ["abandonment", "service_level", "lost_ringing_time"])

# %% [markdown]
# Each figure has a mind of its own: callers lost, callers answered in time and workers' time want
# different timeouts. So the question needs an objective.
#
# ## The best timeout for the fewest lost callers
#
# The search gives every candidate a few replications, drops those that are clearly worse, and
# spends more only on the rest, until what is left differs by no more than matters: here one
# percentage point. Then it looks between the best candidates, and confirms the answer on
# replications that the search has not seen.

# %%
search = trsim.Search(indifference="1%", budget=400)
with trsim.workplace() as here:
    tuning = trsim.tune(
        scenario,
        vary=f"{timeout}=5s..65s:7",
        objective="abandonment",
        search=search,
        evaluator=here,
    )
tuning

# %%
draw_tuning_curve(tuning)

# %% [markdown]
# Look at the range that cannot be told from the best before you look at the best: any value in it
# is a good answer, and today's may be among them.
#
# ## What the change costs
#
# Today's value and the recommended one on the same fresh replications, in every other figure:

# %%
shown = ["abandonment", "service_level", "mean_wait", "lost_ringing_time", "absent_after_timeout"]
for change in tuning.confirmation:
    if change.kpi in shown:
        by, chance = change.difference.estimate, change.difference.half_width
        print(f"{change.kpi:<22} {by:+12.4f} ± {chance:.4f} {change.unit}")

# %% [markdown]
# ## If you had asked for something else
#
# The same replications answer other questions, too. Where the answers differ, somebody has to
# decide:

# %%
for pick in tuning.picks:
    print(f"{pick.kpi:<20} {tuning.label(pick.best)}")

# %%
draw_pareto(tuning)

# %% [markdown]
# ## What theory says
#
# Without callers who hang up, and with work enough, the timeout that gives the most capacity can
# be worked out exactly. It knows nothing of waiting or patience; that the two are near each other
# is a good sign, and where they differ the simulation knows why.

# %%
tuning.theory

# %% [markdown]
# The same on the command line, with a page to send and the value written into the scenario file:
#
# ```
# trsim tune scenarios/timeout_study.yaml --objective abandonment \
#   --vary workflows.front_door.task_reservation_timeout=5s..65s \
#   --report tuning.html --apply
# ```
