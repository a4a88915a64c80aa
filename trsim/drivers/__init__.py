"""Engines: who waits for what.  No rules live here."""
