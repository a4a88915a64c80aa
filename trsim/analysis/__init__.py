"""What a log means: tables, key figures and intervals, as pure functions.

Arrays below, labels on top: ``spans``, ``tables``, ``workers`` and ``sample`` compute on plain
NumPy columns, the KPI modules divide, and only ``frames`` and ``results`` know pandas.  No module
here waits, draws or simulates.
"""
