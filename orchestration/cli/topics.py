"""`knockon topics`: the topics of the cluster against their declaration."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from streaming.broker import TopicAdmin
    from streaming.provisioning.drift import Drift
    from streaming.topics import Topic

app = typer.Typer(
    help="Make the topics of the stack, or of your cluster, as they are declared.",
    no_args_is_help=True,
)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[TOPIC]...", help="These only; all when left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
AllowCut = Annotated[
    bool,
    typer.Option("--allow-retention-cut", help="Shorten retention although records are lost."),
]


@app.command()
def plan(
    names: Names = None, allow_retention_cut: AllowCut = False, as_json: AsJson = False
) -> None:
    """Show what is missing or otherwise, and what `apply` would refuse; change nothing."""
    from streaming.provisioning import plan as look

    topics, admin = _chosen(names), _admin()
    found = look(admin, topics, allow_retention_cut=allow_retention_cut)
    _tell(topics, found.drifts, as_json)


@app.command()
def check(names: Names = None, as_json: AsJson = False) -> None:
    """As `plan`, with exit code 1 when anything is otherwise; for monitoring."""
    from streaming.provisioning import plan as look

    topics, admin = _chosen(names), _admin()
    found = look(admin, topics)
    _tell(topics, found.drifts, as_json)
    if not found.in_order:
        raise typer.Exit(1)


@app.command()
def apply(
    names: Names = None, allow_retention_cut: AllowCut = False, as_json: AsJson = False
) -> None:
    """Create what is missing and set what may be set.

    Refused, with exit code 1, is what would lose records or move keys; the rest is done. Nothing is
    ever deleted, and a second time there is nothing to do.
    """
    from streaming.provisioning import apply as carry_out
    from streaming.provisioning import plan as look

    topics, admin = _chosen(names), _admin()
    applied = carry_out(admin, look(admin, topics, allow_retention_cut=allow_retention_cut))
    _tell(topics, (*applied.done, *applied.refused), as_json, done=True)
    if applied.refused:
        raise typer.Exit(1)


@app.command()
def migrate(
    topic: Annotated[str, typer.Argument(help="The topic to grow.")],
    partitions: Annotated[int, typer.Argument(min=1, help="How many it shall have.")],
    wait: Annotated[
        float, typer.Option(help="Seconds that readers get to come to the end.", min=1)
    ] = 120,
    hold: Annotated[
        float, typer.Option(help="Seconds until all producers know of the partitions.", min=0)
    ] = 10,
    as_json: AsJson = False,
) -> None:
    """Add partitions while producers and landers run; each key keeps its order.

    Producers wait meanwhile: until all is read, and `--hold` seconds more. That is enough for
    Knockon's own; a Java producer looks anew after five minutes (metadata.max.age.ms), so stop
    foreign producers or hold as long. What was cut off goes on when it is asked for again.
    """
    from dataclasses import asdict

    from streaming.provisioning import GrowthRefused, NotDrained, grow

    [declared], admin = _chosen([topic]), _admin()
    try:
        grown = grow(
            admin, topic, partitions, unread=_unlanded(declared), wait_seconds=wait,
            opened=declared.settings.get("max.message.bytes"), hold_seconds=hold,
            say=lambda line: typer.echo(line, err=True),
        )  # fmt: skip
    except (GrowthRefused, NotDrained) as refused:
        typer.secho(str(refused), fg=typer.colors.RED, err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(asdict(grown)))
    elif grown.before == grown.after and not grown.sealed_seconds:
        typer.echo(f"{topic} has {grown.after} partitions, and takes records: nothing to do")
    else:
        typer.echo(
            f"{topic}: {grown.before} -> {grown.after} partitions; producers waited"
            f" {grown.sealed_seconds:g} s"
        )


def _unlanded(topic: "Topic") -> "Callable[[], dict[str, int]]":
    """What the landers have not landed of it; nothing to ask without a database."""
    from streaming.broker import Broker
    from streaming.settings import Settings
    from streaming.store.database import connect
    from streaming.store.lag import landing_lags

    settings = Settings()
    if not topic.lands or settings.database_url is None:
        return dict
    broker = Broker(settings.cluster())

    def ask() -> dict[str, int]:
        found = broker.identities([topic.name]).values()
        with connect(settings.owner_database_url(), "knockon-topics") as connection:
            [lag] = landing_lags(connection, found, broker.ends(found))
        return {lag.reader: lag.rows}

    return ask


def _chosen(names: list[str] | None) -> "list[Topic]":
    from streaming.topics import TOPICS

    if unknown := set(names or ()) - set(TOPICS):
        raise typer.BadParameter(
            f"no {', '.join(sorted(unknown))}: choose from {', '.join(TOPICS)}"
        )
    return [topic for topic in TOPICS.values() if not names or topic.name in names]


def _admin() -> "TopicAdmin":
    from orchestration.stack.kafka import require_answer
    from streaming.broker import TopicAdmin
    from streaming.settings import Settings

    cluster = Settings().cluster()
    require_answer(cluster)
    return TopicAdmin(cluster)


def _tell(
    topics: "list[Topic]", drifts: "tuple[Drift, ...]", as_json: bool, done: bool = False
) -> None:
    if as_json:
        typer.echo(json.dumps(_report(topics, drifts, done)))
        return
    from streaming.provisioning.drift import shown

    for topic in topics:
        otherwise = [drift for drift in drifts if drift.topic == topic.name]
        typer.echo(f"{topic.name:<20} {'' if otherwise else 'in order'}".rstrip())
        for drift in otherwise:
            found, declared = (
                shown(drift.setting, drift.found),
                shown(drift.setting, drift.declared),
            )
            verb = "refused" if drift.refused else "done" if done else "to do"
            typer.echo(f"  {verb:<8} {drift.setting}: {found} -> {declared}")
            if drift.refused:
                typer.secho(f"           {drift.refused}", fg=typer.colors.RED)


def _report(topics: "list[Topic]", drifts: "tuple[Drift, ...]", done: bool) -> dict[str, Any]:
    """`in_order` is whether nothing is left to do."""
    from dataclasses import asdict

    left = [drift for drift in drifts if drift.refused is not None or not done]
    return {
        "in_order": not left,
        "topics": [topic.name for topic in topics],
        "drifts": [{**asdict(drift), "done": done and drift.refused is None} for drift in drifts],
    }
