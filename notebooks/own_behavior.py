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
# # Behavior of your own
#
# What a reservation timeout does depends on how people answer. This notebook shows which laws a
# scenario can hold, how to bring in your own measurements or your own formula, and how workers can
# differ. Most of it needs no code beyond the scenario.

# %%
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd

import trsim
from trsim.plots import PLOTS

# %matplotlib inline

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")
scenario = trsim.load_scenario(folder / "pool_drain.yaml").replace(
    {"behaviors.desk_phone.return_delay": {"after_timeout": "3m"}}
)
answer = "behaviors.desk_phone.answer_delay"
columns = ["service_level", "abandonment", "timeout_share", "mean_answer_time", "mean_wait"]

# %% [markdown]
# ## The laws that are there
#
# Each is a mapping with the name of the law and its parameters; `docs/scenario.md` has them all.
# Durations carry their units.

# %%
laws = {
    "constant": "8s",
    "exponential": {"distribution": "exponential", "mean": "8s"},
    "lognormal": {"distribution": "lognormal", "mean": "8s", "cv": 0.5},
    "gamma": {"distribution": "gamma", "mean": "8s", "cv": 0.5},
    "weibull": {"distribution": "weibull", "shape": 2, "scale": "9s"},
    "triangular": {"distribution": "triangular", "low": "2s", "mode": "6s", "high": "16s"},
}
rows = {}
for name, law in laws.items():
    kpis = trsim.run(scenario.replace({answer: law}).compile()).kpis()
    rows[name] = {column: kpis[column].estimate for column in columns}
pd.DataFrame(rows).T.round(3)

# %% [markdown]
# ## Two kinds of answers
#
# Some pick up at once, some have to walk back to the desk first. That is a mixture:

# %%
two_kinds = {
    "distribution": "mixture",
    "components": [
        {"distribution": "lognormal", "mean": "4s", "cv": 0.4},
        {"distribution": "uniform", "low": "12s", "high": "40s"},
    ],
    "weights": [0.85, 0.15],
}
mixed = trsim.run(scenario.replace({answer: two_kinds}).compile())
PLOTS["outcome_flow"].draw(mixed)

# %% [markdown]
# ## Your own measurements
#
# An empirical law takes observed values, here from a list; a column of a CSV file works as well.
# Beware of answer times from a system with a timeout: the long ones are missing in them.

# %%
observed_s = [2.1, 3.0, 3.3, 3.9, 4.2, 4.8, 5.5, 6.1, 7.4, 9.0, 12.5, 17.0]
measured = {"distribution": "empirical", "values": [f"{value}s" for value in observed_s]}
trsim.run(scenario.replace({answer: measured}).compile()).kpis()["mean_answer_time"].estimate

# %% [markdown]
# ## Your own formula
#
# A law that trsim does not know, given by its quantiles: the time that a share `u` of all answers
# do not exceed. Here a Rayleigh law that begins at 2 s. A thousand quantiles make an empirical law
# of it, and the scenario stays a complete record of what was run.


# %%
def quantile_s(u):
    """Return the answer time that belongs to a share [s]."""
    return 2.0 + 4.0 * sqrt(-2.0 * log(1.0 - u))


points = [quantile_s((number + 0.5) / 1000) for number in range(1000)]
formula = {"distribution": "empirical", "values": [f"{value:.3f}s" for value in points]}
own = scenario.replace({answer: formula})
print(f"mean of the law: {np.mean(points):.2f} s")
trsim.run(own.compile()).kpis()["mean_answer_time"].estimate

# %% [markdown]
# ## Who does not answer, and who declines
#
# Beside the time an answer takes, a behavior says what share of offers nobody reacts to, what share
# is turned down, and when people come back. Groups of workers can differ:

# %%
people = {
    "behaviors": {
        "attentive": {
            "answer_delay": "3s",
            "no_answer_probability": "2%",
            "return_delay": {"after_timeout": "1m"},
        },
        "picky": {  # turns offers down that keep ringing, after 30 s in the mean
            "answer_delay": two_kinds,
            "reject_clock": {"distribution": "exponential", "mean": "30s"},
            "return_delay": {"after_timeout": "5m"},
        },
    },
    "workers": {
        "regular": {"count": 5, "attributes": {"skills": ["support"]}, "behavior": "attentive"},
        "visitor": {"count": 3, "attributes": {"skills": ["support"]}, "behavior": "picky"},
    },
}
run = trsim.run(scenario.replace(people).compile())
offers = run.reservations.assign(group=run.reservations["worker"].str.rsplit("-", n=1).str[0])
pd.crosstab(offers["group"], offers["answer"], normalize="index").round(3)

# %% [markdown]
# Answers can also be laid down one by one, for a worker's first, second, … offer; then the laws
# take over. That is how the quickstart tells its story.

# %%
scripted = scenario.replace({"behaviors.desk_phone.answers": ["no_answer", {"accept": "2s"}]})
run = trsim.run(scripted.compile())
run.reservations.groupby("worker").head(2).groupby("answer").size()

# %% [markdown]
# ## A law as a Python object
#
# A law is any object with a mean, a variance and a quantile function, and a compiled model takes
# one for the answers of a behavior. So a formula can be put in exactly, without a table. The model
# then is no longer the one of the scenario file, and its digest is empty, so that no result claims
# to come from there: keep the notebook with the results.


# %%
@dataclass(frozen=True)
class ShiftedRayleigh:
    """A least time, and a Rayleigh law on top of it."""

    least_s: float
    scale_s: float

    @property
    def mean(self):
        return self.least_s + self.scale_s * sqrt(np.pi / 2)

    @property
    def variance(self):
        return (2 - np.pi / 2) * self.scale_s**2

    def quantile(self, u):
        return self.least_s + self.scale_s * sqrt(-2.0 * log(1.0 - u))


changed = scenario.compile().with_answer_delay("desk_phone", ShiftedRayleigh(2.0, 4.0))
exact, tabled = trsim.run(changed).kpis(), trsim.run(own.compile()).kpis()
pd.DataFrame(
    {
        "as an object": {column: exact[column].estimate for column in columns},
        "as a thousand quantiles": {column: tabled[column].estimate for column in columns},
    }
).T.round(3)
