"""The pure core: states, rules, deadlines and the log's rows.  No clock, no chance, no I/O."""
