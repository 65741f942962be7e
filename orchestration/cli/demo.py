"""`knockon demo`: the whole line over two days, from an empty stack to a verified summary."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    keep_running: Annotated[bool, typer.Option(help="Leave the stack up to look around.")] = False,
) -> None:
    """Start a stack of its own, replay a really disrupted day, prove and summarise; stop."""
    from rich.console import Console

    from orchestration.cli.progress import StartProgress, StopProgress
    from orchestration.demo import run as stages
    from orchestration.demo.summary import collect, show
    from orchestration.stack import start
    from streaming.settings import GivenSettings, project_root

    console = Console(stderr=as_json, highlight=False)
    directory = stages.state_directory(GivenSettings())
    shutil.rmtree(directory, ignore_errors=True)
    console.print("[bold]start the stack[/]")
    with StartProgress() as progress:
        stack = start(
            directory, stages.components(), bound=not keep_running, progress=progress.hear
        )
    try:
        with console.status("") as status:

            def stage(title: str) -> stages.Tell:
                status.update(f"{title} ...")
                return lambda said: status.update(f"{title}: {said}")

            def done(title: str, seconds: float) -> None:
                console.print(f"[bold]{title}[/]  {seconds:.0f} s")

            outcome = stages.run(stack, stage, done)
            found = collect(outcome)
        console.print()
        show(console, found)
        if as_json:
            typer.echo(json.dumps(found, default=str))
    finally:
        if not keep_running:
            with StopProgress() as progress:
                stack.stop(progress.hear)
    console.print()
    _show_where_to_look(console, _shown(directory, project_root()), found, keep_running)
    if not outcome.succeeded:
        raise typer.Exit(1)


def _shown(directory: Path, root: Path) -> str:
    """As a setting: what is relative counts from the checkout."""
    return str(directory.relative_to(root) if directory.is_relative_to(root) else directory)


def _show_where_to_look(
    console: "Console", directory: str, found: dict[str, Any], running: bool
) -> None:
    where = f"KNOCKON_STATE_DIR={directory} .venv/bin/knockon"
    lines = [] if running else [("up", "start it again, with what is in it")]
    lines += [("status", "health, addresses, lag, logs, the analyst's connection")]
    if example := found["lineage"]["ledger"]:
        lines += [(f"lineage ledger {example[:8]}", "from a euro to the Kafka offsets")]
    lines += [("down", "stop it")]
    console.print("where to look next:")
    for command, what in lines:
        console.print(f"  {where} {command:<24} {what}", soft_wrap=True)
    for page, address in found["pages"].items():
        console.print(f"  {page:<10} {address}", soft_wrap=True)
