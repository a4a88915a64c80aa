"""The program ``trsim`` and its commands."""

from __future__ import annotations

import click
from rich_click import RichGroup

from trsim.cli.animate import animate
from trsim.cli.compare import compare
from trsim.cli.diagram import diagram
from trsim.cli.explain import explain
from trsim.cli.export import export
from trsim.cli.init import init
from trsim.cli.lint import lint
from trsim.cli.plot import plot
from trsim.cli.report import report
from trsim.cli.run import run
from trsim.cli.schema import schema
from trsim.cli.sensitivity import sensitivity
from trsim.cli.show import show
from trsim.cli.stats import stats
from trsim.cli.sweep import sweep
from trsim.cli.trace import trace
from trsim.cli.tune import tune
from trsim.cli.validate import validate


def _show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        import trsim as package
        from trsim.cli.streams import write

        write(f"trsim {package.__version__}\n")
        context.exit()


@click.group(
    "trsim",
    cls=RichGroup,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    epilog="Every option can be set in the environment, for example TRSIM_RUN_SEED=7. "
    "NO_COLOR=1 switches colors off. TRSIM_DEBUG=1 shows tracebacks.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and end.",
)
def trsim() -> None:
    """Simulate a contact centre that works as Twilio TaskRouter does.

    Start with 'trsim init', then 'trsim run scenario.yaml'.
    """


for _command in (
    run,
    compare,
    sweep,
    sensitivity,
    show,
    tune,
    report,
    stats,
    explain,
    trace,
    export,
    plot,
    animate,
    validate,
    lint,
    init,
    schema,
    diagram,
):
    trsim.add_command(_command)
