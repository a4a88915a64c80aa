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
# # Comparing policies
#
# What should happen to a worker who misses an offer? Ring one worker, or three at the same time?
# Such questions are answered by two settings that meet the same customers: the same arrivals, the
# same patience, the same luck of the same offer. What differs then is the policy, and little else.

# %%
from pathlib import Path

import trsim
from trsim.plots.differences import differences

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")
scenario = trsim.load_scenario(folder / "pool_drain.yaml").replace(
    {"tasks.calls.arrivals.rate": "90/h", "behaviors.desk_phone.no_answer_probability": "15%"}
)
figures = [
    "abandonment",
    "service_level",
    "mean_wait",
    "lost_ringing_time",
    "absent_after_timeout",
]

# %% [markdown]
# ## What happens after a miss
#
# Eight workers, ninety calls an hour, four minutes each; 15 % of the offers nobody answers. Three
# policies: the worker stays available and may be asked again at once, is away for two minutes, or
# for ten.

# %%
back = "behaviors.desk_phone.return_delay"
after_a_miss = {
    "away for 2 min": scenario.replace({back: {"after_timeout": "2m"}}),
    "stays available": scenario.replace({"workspace.timeout_activity": "Available"}),
    "away for 10 min": scenario.replace({back: {"after_timeout": "10m"}}),
}
policies = trsim.compare(
    {name: setting.compile() for name, setting in after_a_miss.items()}, replications=20, seed=7
)
policies.to_frame().query("kpi in @figures").round(3)

# %% [markdown]
# The intervals are those of the differences, not of the settings: the same twenty days are served
# under each policy, so that luck cancels. A difference whose interval holds 0 may be none.

# %%
differences(policies, figures)

# %% [markdown]
# Here a miss is bad luck of a single offer, so a worker who stays available is a worker the more,
# and ten minutes away cost a tenth of all callers. Where people miss offers because they have left
# the desk, whoever stays available misses the next offer as well: ask the same question of your
# own centre.

# %% [markdown]
# ## Ring one, or ring three
#
# Several workers can be asked for the same task at once. The first to accept gets it; the others
# rang for nothing, and meanwhile could not be asked for anything else.

# %%
today = after_a_miss["away for 2 min"]
ringing = {
    f"ring {n}": today.replace({"task_queues.support.max_reserved_workers": n}) for n in (1, 2, 3)
}
rings = trsim.compare(
    {name: setting.compile() for name, setting in ringing.items()}, replications=20, seed=7
)
rings.to_frame().query("kpi in @figures").round(3)

# %%
differences(rings, figures)

# %% [markdown]
# ## Would chance alone do this?
#
# A setting beside itself differs by nothing at all, because everything random belongs to what it
# decides:

# %%
itself = trsim.compare({"today": today.compile(), "again": today.compile()}, replications=10)
itself.difference("abandonment")

# %% [markdown]
# Other questions of the same kind: longest idle or most idle first, a second queue after 30 s, one
# more worker. From the command line, `trsim compare scenario.yaml --set PATH=VALUE` shows the
# differences with their reasons.
