"""Experiments: one run to a Result, replications to a Study, and the folder they are kept in."""
