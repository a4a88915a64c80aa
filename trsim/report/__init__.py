"""Results made readable: story, trace, tables, definitions, diagrams.

Everything here turns what is known into text.  No module of this package simulates, computes a
KPI or knows a command line.
"""
