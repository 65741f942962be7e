"""`knockon dbt`: dbt on the stack, with addresses, role and directories set."""

import os

import typer

UNTOUCHED = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Everything after `knockon dbt` is for dbt, `--help` too."""


def dbt(context: typer.Context) -> None:
    """Run dbt on the stack: `knockon dbt build --select marts`."""
    from assets import marts_project
    from streaming.settings import Settings

    variables = {**os.environ, **marts_project.environment(Settings())}
    program = str(marts_project.DBT)
    os.execve(program, [program, *context.args], variables)  # noqa: S606 (a shell is not wanted)
