"""`knockon up` and `knockon down`: start and stop the stack of this state directory."""

import signal
import threading
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from orchestration.stack import Stack

Only = Annotated[
    str | None,
    typer.Option(help="Start these components only, by name, separated by commas."),
]
Foreground = Annotated[
    bool, typer.Option("--foreground", help="Stay, and stop the stack at SIGINT or SIGTERM.")
]


def up(only: Only = None, foreground: Foreground = False) -> None:
    """Start the stack and wait until every component is healthy."""
    from orchestration.cli.progress import StartProgress
    from orchestration.stack import attach, plan, start
    from orchestration.stack.errors import AlreadyUp
    from streaming.settings import GivenSettings

    state_dir = GivenSettings().state_dir
    names = only.split(",") if only else plan.EVERYTHING
    began = time.monotonic()
    try:
        with StartProgress() as progress:
            stack = start(state_dir, names, bound=foreground, progress=progress.hear)
    except AlreadyUp as error:
        typer.echo(str(error))
        show_addresses(attach(state_dir))
        return
    ended = _hear_the_end() if foreground else None
    typer.echo(f"up in {time.monotonic() - began:.0f} s")
    show_addresses(stack)
    if ended is not None:
        ended.wait()
        stack.stop()


def down() -> None:
    """Stop the stack gracefully; whatever was landed stays in the state directory."""
    from orchestration.cli.progress import StopProgress
    from orchestration.stack import attach
    from orchestration.stack.errors import NotUp
    from streaming.settings import GivenSettings

    try:
        stack = attach(GivenSettings().state_dir)
    except NotUp as error:
        typer.echo(error.problem)
        return
    with StopProgress() as progress:
        stack.stop(progress.hear)


def show_addresses(stack: "Stack") -> None:
    """The addresses that a person opens or a program needs."""
    for component in stack.components.values():
        if component.address:
            typer.echo(f"  {component.name:<18} {component.address}")


def _hear_the_end() -> threading.Event:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended
