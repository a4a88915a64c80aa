"""Scenario files: read, checked with places, compiled to models.

Use :func:`trsim.scenario.load.load_scenario` and :class:`trsim.scenario.load.Scenario`.
"""

STARTER: str
"""Text of the commented scenario that a new project begins with; read when first asked for."""


def __getattr__(name: str) -> str:
    if name == "STARTER":
        from trsim.scenario.starter import starter_text

        return starter_text()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
