"""`knockon logs`: what the components have written, and what they go on to write."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str | None, typer.Argument(help="A component; all of them when left out.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written.")]
Lines = Annotated[int, typer.Option("--lines", "-n", help="How many lines of the past.", min=0)]


def logs(component: Name = None, follow: Follow = False, lines: Lines = 100) -> None:
    """Print the last lines of a component's log."""
    from orchestration.stack.errors import StackError
    from streaming.settings import GivenSettings

    directory = GivenSettings().state_dir / "logs"
    files = {file.stem: file for file in sorted(directory.glob("*.log"))}
    if component is not None and component not in files:
        raise StackError(
            f"{directory} has no log of {component!r}",
            f"choose from {', '.join(files)}" if files else "start the stack with `knockon up`",
        )
    chosen = {component: files[component]} if component else files
    for name, file in chosen.items():
        for line in tail(file, lines):
            typer.echo(line if component else f"{name:<18} {line}")
    if follow:
        for name, line in following(chosen):
            typer.echo(line if component else f"{name:<18} {line}")


def tail(file: Path, lines: int) -> list[str]:
    """The last lines of a log; at most its last megabyte is read."""
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - 1_000_000))
        text = log.read().decode(errors="replace")
    return text.splitlines()[-lines:] if lines else []


def following(files: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """(component, line) of everything written from now on; follows a log through its rotation."""
    read = {name: file.stat().st_size for name, file in files.items()}
    while True:
        for name, file in files.items():
            size = file.stat().st_size if file.exists() else 0
            if size < read[name]:
                read[name] = 0
            if size > read[name]:
                with file.open("rb") as log:
                    log.seek(read[name])
                    fresh = log.read(size - read[name])
                whole = fresh.rpartition(b"\n")[0]
                read[name] += len(whole) + 1 if whole else 0
                for line in whole.decode(errors="replace").splitlines():
                    yield name, line
        time.sleep(0.3)
