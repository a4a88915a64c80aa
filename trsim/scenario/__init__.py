"""Scenario files: read, checked with places, compiled to models.

Use :func:`trsim.scenario.load.load_scenario` and :class:`trsim.scenario.load.Scenario`.
"""
