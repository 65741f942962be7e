"""`knockon dead-letters`: finding dead letters, replaying and discarding them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.dead_letter_filter import narrowed

if TYPE_CHECKING:
    from streaming.keyring import Keyring
    from streaming.store.database import Connection
    from streaming.store.dead_letters import Filter

app = typer.Typer(
    help="What could not be landed: look at it, send it once more, or put it aside.",
    no_args_is_help=True,
)

Topic = Annotated[str | None, typer.Option(help="Of this topic only.")]
Partition = Annotated[int | None, typer.Option(help="Of this partition only.", min=0)]
ErrorType = Annotated[str | None, typer.Option("--error-type", help="Of this error type only.")]
Since = Annotated[
    str | None, typer.Option(help="Landed since: a time in UTC (2026-06-15T06:00), or 15m, 6h, 2d.")
]
Until = Annotated[str | None, typer.Option(help="Landed before; as --since.")]
Prefix = Annotated[
    str | None, typer.Option("--id", help="How its id or its correlation id begins.")
]
State = Annotated[
    str | None, typer.Option(help="open, sent, replayed, discarded, duplicate; or all.")
]
Limit = Annotated[int | None, typer.Option(help="So many at most, the oldest first.", min=1)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_(
    topic: Topic = None,
    partition: Partition = None,
    error_type: ErrorType = None,
    since: Since = None,
    until: Until = None,
    prefix: Prefix = None,
    state: State = "open",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List dead letters, oldest first; the open ones unless --state says otherwise."""
    from orchestration.cli import dead_letters_shown as shown
    from streaming.store import dead_letters as stored

    which = narrowed(topic, partition, error_type, since, until, prefix, state, limit)
    with _database() as connection:
        found = stored.letters(connection, which)
        counts = stored.counts(connection, which)
    shown.show_list(found, counts, as_json)


@app.command()
def show(
    prefix: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how it begins.")],
    unseal: Annotated[
        bool, typer.Option("--unseal", help="Open what is sealed, which is written down.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show everything about one dead letter; bytes as text, or as hex where they are none."""
    from orchestration.cli import dead_letters_shown as shown
    from streaming.dead_letters import Opening
    from streaming.dead_letters.errors import DeadLetterError
    from streaming.store import dead_letters as stored

    with _database() as connection:
        found = stored.letters(connection, stored.Filter(id_prefix=prefix, limit=2))
        if len(found) != 1:
            many = "no dead letter has" if not found else "more than one dead letter has"
            raise DeadLetterError(f"{many} an id or correlation id that begins with {prefix!r}")
        [letter] = found
        opened = None
        if unseal or not letter.payload_sealed:
            opening = Opening(
                _keyring() if letter.payload_sealed else None,
                actor=f"knockon dead-letters, {_user()}",
                purpose="show",
            )
            [opened] = opening(stored.contents(connection, [letter.dead_letter_id]))
    shown.show_one(letter, opened, as_json)


@app.command()
def replay(
    topic: Topic = None,
    partition: Partition = None,
    error_type: ErrorType = None,
    since: Since = None,
    until: Until = None,
    prefix: Prefix = None,
    state: State = "open",
    limit: Limit = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the lander.", min=0)] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Send dead letters once more, to the topic and partition that they came from.

    Mend what was wrong first: a record that is refused again becomes a new dead letter. Each is
    landed once, however often this is cut off and run again. --state sent sends again what never
    arrived, say because its topic was deleted. Exit code 1 if some could not be sent.
    """
    from orchestration.cli import dead_letters_shown as shown
    from orchestration.cli.dead_letters_work import replayed
    from streaming.dead_letters.errors import DeadLetterError

    if state not in ("open", "sent"):
        raise DeadLetterError(f"only open or sent dead letters can be replayed, not {state} ones")
    which = narrowed(topic, partition, error_type, since, until, prefix, state, limit)
    with _database() as connection:
        ids = _agreed(connection, which, "replay", dry_run, yes, as_json)
        if ids:
            told = replayed(connection, ids, _keyring, _user(), wait)
            shown.show_counts(told, as_json)
            if told["erased"] or told["too_large"]:
                raise typer.Exit(1)


@app.command()
def discard(
    reason: Annotated[str, typer.Option(help="Why; kept with your name and the time.")],
    topic: Topic = None,
    partition: Partition = None,
    error_type: ErrorType = None,
    since: Since = None,
    until: Until = None,
    prefix: Prefix = None,
    limit: Limit = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put open dead letters aside. Nothing is deleted, and they cannot be replayed any more."""
    from orchestration.cli import dead_letters_shown as shown
    from streaming.dead_letters.errors import DeadLetterError
    from streaming.store import dead_letters as stored

    if not reason.strip():
        raise DeadLetterError("say why: --reason must not be empty")
    which = narrowed(topic, partition, error_type, since, until, prefix, "open", limit)
    with _database() as connection:
        ids = _agreed(connection, which, "discard", dry_run, yes, as_json)
        if ids:
            done = stored.discard(connection, ids, _user(), reason)
            shown.show_counts({"discarded": done, "replay_begun": len(ids) - done}, as_json)


@app.command()
def accept(
    topic: Annotated[str, typer.Argument(help="The topic that is not landed any further.")],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Land a topic on that exceeded its dead letter budget, over all that lies on it by now.

    What cannot be read becomes dead letters, however much it is; the budget counts anew behind it.
    """
    from orchestration.cli import dead_letters_shown as shown
    from orchestration.cli.dead_letters_work import accepted

    narrowed(topic, None, None, None, None, None, None, None)
    if as_json and not yes:
        raise typer.BadParameter("--json goes with --yes")
    if not yes:
        typer.confirm(f"make dead letters of all that cannot be read on {topic}?", abort=True)
    with _database() as connection:
        shown.show_counts({"partitions_go_on": accepted(connection, topic, _user())}, as_json)


def _agreed(
    connection: "Connection", which: "Filter", verb: str, dry_run: bool, yes: bool, as_json: bool
) -> list[Any]:
    """The ids to work on, after saying what they are and asking; empty when there is no more to do.

    Counts are of what the filter finds; a limit takes the oldest of it.
    """
    from orchestration.cli import dead_letters_shown as shown
    from streaming.store import dead_letters as stored

    if as_json and not (yes or dry_run):
        raise typer.BadParameter("--json goes with --yes or --dry-run")
    ids = stored.chosen(connection, which)
    if not ids or dry_run:
        shown.show_counts({f"would_{verb}": len(ids)}, as_json)
        return []
    if not yes:
        shown.show_list([], stored.counts(connection, which), False)
        typer.confirm(f"{verb} {len(ids):,} dead letters?", abort=True)
    return ids


@contextmanager
def _database() -> "Iterator[Connection]":
    from streaming.settings import Settings
    from streaming.store.database import connect

    url = Settings().owner_database_url()
    with connect(url, "knockon-dead-letters", autocommit=True) as connection:
        yield connection


def _keyring() -> "Keyring | None":
    """None when no master key is known: what is not sealed needs none."""
    from streaming.keyring import Keyring, MasterKey
    from streaming.settings import Settings
    from streaming.store.database import connect

    settings = Settings()
    if settings.master_key is None:
        return None
    url = settings.database_url_for("knockon_keyring")
    return Keyring(
        lambda: connect(url, "knockon-dead-letters-keyring"),
        MasterKey(settings.master_key.get_secret_value()),
    )


def _user() -> str:
    """Who asks, as the operating system knows them; a container may have no name for them."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
