"""`knockon backup` and `knockon restore`: one consistent copy of what the embedded stack keeps."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

Target = Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write.")]
Source = Annotated[Path, typer.Argument(metavar="FILE", help="An archive that backup wrote.")]
Compress = Annotated[
    bool, typer.Option("--compress/--no-compress", help="Whether to gzip it (quick level).")
]
Replace = Annotated[
    bool,
    typer.Option("--replace", help="Remove what is there, once the backup is in its place."),
]
AsJson = Annotated[bool, typer.Option("--json", help="End with one JSON object.")]


def backup(file: Target, compress: Compress = True, as_json: AsJson = False) -> None:
    """Write one consistent copy of PostgreSQL, Kafka's log, MLflow's artifacts and the secrets.

    A running stack is stopped for it and started again; a stopped one stays stopped.

    **Guard the file.** It holds the master key, every wrapped key and all data: who has it can read
    every passenger. Erasures made after it must be repeated when it is restored.

    Servers of yours (DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS) are not in it; the command says what
    to do about them.
    """
    from rich.console import Console

    from orchestration.cli.progress import CopyProgress, StartProgress, StopProgress
    from orchestration.stack.backup import back_up
    from streaming.settings import GivenSettings

    console = Console(stderr=as_json, highlight=False)
    pausing, resuming = StopProgress(console), StartProgress(console)
    copying = CopyProgress(console, "copying")
    began = time.monotonic()
    with copying:
        made = back_up(
            GivenSettings().state_dir,
            file,
            compressed=compress,
            pausing=pausing.hear,
            resuming=resuming.hear,
            copying=copying.hear,
        )
    if as_json:
        told = {
            "file": str(made.file),
            "bytes": made.bytes,
            "files": made.manifest.files,
            "content_bytes": made.manifest.bytes,
            "version": made.manifest.version,
            "made_at": made.manifest.made_at,
            "not_included": made.not_included,
            "seconds": round(time.monotonic() - began, 3),
        }
        typer.echo(json.dumps(told))
        return
    typer.echo(
        f"{made.file}: {made.manifest.files:,} files, {made.manifest.bytes / 1e6:,.0f} MB in"
        f" {made.bytes / 1e6:,.0f} MB, {time.monotonic() - began:.0f} s"
    )
    for line in made.not_included:
        console.print(f"[yellow]not in it:[/] {line}", soft_wrap=True)
    typer.echo("it holds the master key: guard it")


def restore(file: Source, replace: Replace = False, as_json: AsJson = False) -> None:
    """Put a backup into the state directory of a stack that is down.

    The whole file is verified before anything is touched. Erasures made after the backup must be
    repeated: the keys that they destroyed are back.
    """
    from rich.console import Console

    from orchestration.cli.progress import CopyProgress
    from orchestration.stack.restore import restore as put_back
    from streaming.settings import GivenSettings

    console = Console(stderr=as_json, highlight=False)
    state_dir = GivenSettings().state_dir
    with CopyProgress(console, "checking") as progress:
        manifest = put_back(
            state_dir, file, replace=replace, checking=progress.hear, copying=progress.hear
        )
    if as_json:
        told = {
            "state_dir": str(state_dir),
            "files": manifest.files,
            "bytes": manifest.bytes,
            "version": manifest.version,
            "made_at": manifest.made_at,
        }
        typer.echo(json.dumps(told))
        return
    typer.echo(f"{state_dir} is as it was at {manifest.made_at}: start it with `knockon up`")
    typer.echo("repeat the erasures made since then")
