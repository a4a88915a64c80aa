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
# # A first run
#
# Open this file as a notebook (JupyterLab with jupytext, or an editor that knows `# %%` cells), or
# run it as a program in the project's folder.

# %%
from pathlib import Path

import trsim

folder = Path("scenarios") if Path("scenarios").is_dir() else Path("../scenarios")

# %% [markdown]
# ## One day of a support desk

# %%
scenario = trsim.load_scenario(folder / "support_desk.yaml")
day = trsim.run(scenario.compile(), seed=7)
day

# %% [markdown]
# Every figure comes from the event log. This is the life of one task, in order:

# %%
events = day.log.to_frame()
events.query("task == 12")[["at_ms", "event", "worker", "task_status", "reservation_status"]]

# %% [markdown]
# The tables behind the figures, one row for each task, reservation and worker:

# %%
day.tasks.head()

# %%
day.reservations["answer"].value_counts()

# %% [markdown]
# ## What a longer reservation timeout changes
#
# Both runs see the same callers with the same patience, and the same reactions to offers.

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
# One day says little about chance. Several days give intervals:

# %%
study = trsim.replicate(scenario.compile(), replications=5, seed=7)
study.kpis()
