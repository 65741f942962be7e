"""`knockon engines`: the jars of Kafka and the schema registry."""

import typer

app = typer.Typer(help="Fetch and look after the engines.", no_args_is_help=True)


@app.command()
def fetch() -> None:
    """Fetch what engines.lock names and is not there yet."""
    from orchestration.stack.engines import fetch as fetch_engines
    from streaming.settings import GivenSettings

    settings = GivenSettings()
    fetch_engines(settings.engines_dir, repository=settings.maven_repository, say=typer.echo)


@app.command("list")
def list_engines() -> None:
    """Say which engines there are and whether they have been fetched."""
    from orchestration.stack.engines import locked
    from streaming.settings import GivenSettings

    directory = GivenSettings().engines_dir
    for engine in locked().values():
        state = "complete" if engine.complete(directory) else "missing"
        typer.echo(f"{engine.name:<10} {engine.version:<8} {state}  {engine.directory(directory)}")
