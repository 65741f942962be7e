"""`knockon claims`: where a claim stands, and telling it what happened."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4

import typer

if TYPE_CHECKING:
    from domain.claims import Claim
    from streaming.store.database import Connection

app = typer.Typer(
    help="The life of a claim: where it stands, what may happen next, and telling it.",
    no_args_is_help=True,
)
DESK = "knockon_assets"
"""The desk adds; what it may not change, PostgreSQL refuses it."""
Key = Annotated[str, typer.Argument(metavar="KEY", help="Obligation key, or how it begins.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Actor = Annotated[str, typer.Option(help="Who did it, by their own id, never a name.")]
At = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"], help="When, UTC; now when left out."),
]


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Claims in this state only.")] = None,
    limit: Annotated[int, typer.Option(help="So many at most, the newest first.", min=1)] = 50,
    counted: Annotated[
        bool, typer.Option("--counted", help="Count all claims by state too; reads each of them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List claims that somebody acted on; the others stand as they were assessed."""
    from rich.console import Console
    from rich.table import Table

    from domain.claims.states import STATES
    from streaming.store import claims as stored

    if state is not None and state not in STATES:
        raise typer.BadParameter(f"no state is called {state}: {', '.join(STATES)}")
    with database(DESK) as connection:
        found = stored.claims(connection, state, limit)
        counts = stored.counts(connection) if counted else None
    if as_json:
        rows = [{name: str(getattr(one, name)) for name in one.__slots__} for one in found]
        typer.echo(json.dumps({"claims": rows, **({"states": counts} if counted else {})}))
        return
    table = Table("obligation", "state", "last event", "at", "by", box=None, pad_edge=False)
    for one in found:
        at = f"{one.occurred_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.obligation_key), one.state, one.kind, at, one.actor)
    Console().print(table)
    if counts is not None:
        typer.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    elif not found:
        typer.echo("no claim yet" if state is None else f"no claim is {state}")


@app.command()
def show(key: Key, as_json: AsJson = False) -> None:
    """Show where a claim stands, its dates, what each role may do next, and all that happened."""
    from domain.claims import allowed
    from domain.claims.deadlines import deadlines
    from domain.claims.states import ROLES
    from streaming.desk.claims import standing

    with database(DESK) as connection:
        claim = standing(connection, named(connection, key)).claim
    dates = deadlines(claim)
    may = {role: allowed(claim.state, role) for role in ROLES if allowed(claim.state, role)}
    if as_json:
        told = {**_told(claim), "allowed": may}
        told["history"] = [
            event.model_dump(mode="json", exclude_none=True) for event in claim.history
        ]
        typer.echo(json.dumps(told))
        return
    _print(claim)
    if dates:
        typer.echo(f"  reply due   {dates.reply_due_at:%Y-%m-%d}")
        typer.echo(
            f"  ADR from    {dates.adr_from:%Y-%m-%d}" if dates.adr_from else "  ADR from    -"
        )
    for event in claim.history:
        sum_ = f" {event.amount_minor} {event.currency}" if event.amount_minor is not None else ""
        why = f" ({event.reason})" if event.reason else ""
        line = f"{event.occurred_at:%Y-%m-%d %H:%M}  {event.kind}{sum_}, {event.actor}{why}"
        typer.echo(f"  {line}")
    for role, moves in may.items():
        if role != "rules":
            typer.echo(f"  {role} may: {', '.join(moves)}")


@app.command()
def tell(
    key: Key,
    kind: Annotated[str, typer.Argument(help="What happened: a move that `show` lists.")],
    actor: Actor,
    role: Annotated[str, typer.Option(help="As what they did it: agent, passenger, ops, ...")],
    amount: Annotated[
        str | None, typer.Option(help="A sum and its currency, e.g. '250.00 EUR'.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the file.")] = None,
    reference: Annotated[str | None, typer.Option(help="Paper or payment behind it.")] = None,
    cause: Annotated[str | None, typer.Option(help="Cause put forward as an excuse.")] = None,
    document: Annotated[
        typer.FileBinaryRead | None, typer.Option(help="A document; only its hash is kept.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="adr, caa_pact, ..., court.")] = None,
    body: Annotated[str | None, typer.Option(help="The body that hears a dispute.")] = None,
    due: At = None,
    agency: Annotated[str | None, typer.Option(help="Id of an agency.")] = None,
    may_collect: Annotated[bool, typer.Option(help="The money may go to the agency.")] = False,
    at: At = None,
    event_id: Annotated[
        str | None,
        typer.Option(help="Your own UUID, with --at: told again with both, it happens once."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell a claim what happened; books what it means, or refuses and writes nothing.

    To pay, use `knockon payments schedule`, and for what the bank said `knockon payments read`.
    """
    import hashlib

    from domain.claims import ClaimEvent
    from streaming.desk.claims import tell as told
    from streaming.desk.payments import withdraw

    if event_id is not None and at is None:
        raise typer.BadParameter("--event-id goes with --at: told again it must be the same event")
    sum_ = parsed_amount(amount)
    with database(DESK) as connection:
        facts: dict[str, Any] = {
            "event_id": event_id or uuid4(),
            "obligation_key": named(connection, key),
            "kind": kind,
            "occurred_at": moment(at),
            "actor": actor,
            "role": role,
            "amount_minor": sum_[0] if sum_ else None,
            "currency": sum_[1] if sum_ else None,
            "reason": reason,
            "reference": reference,
            "cause": cause,
            "document_sha256": hashlib.sha256(document.read()).hexdigest() if document else None,
            "channel": channel,
            "body": body,
            "due_at": moment(due) if due else None,
            "agency_ref": agency,
            "may_collect": may_collect,
        }
        event = validated(ClaimEvent, facts)
        claim = (withdraw if kind == "withdraw" else told)(connection, event)
    if as_json:
        typer.echo(json.dumps(_told(claim)))
    else:
        _print(claim)


def named(connection: "Connection", key: str) -> UUID:
    """The one obligation whose key begins so. Raises UnknownClaim."""
    from streaming.desk.errors import UnknownClaim
    from streaming.store.claims import obligations_named

    found = obligations_named(connection, key)
    if len(found) != 1:
        raise UnknownClaim(key)
    return found[0]


def validated(model: Any, facts: dict[str, Any]) -> Any:
    """The model of these facts; raises BadParameter in plain words."""
    from pydantic import ValidationError

    try:
        return model(**facts)
    except ValidationError as error:
        words = [
            ".".join(map(str, one["loc"])) + (": " if one["loc"] else "") + one["msg"]
            for one in error.errors()
        ]
        raise typer.BadParameter("; ".join(words).replace("Value error, ", "")) from None


def parsed_amount(text: str | None) -> tuple[int, str] | None:
    """'250.00 EUR' as minor units and currency; raises BadParameter."""
    from decimal import Decimal, InvalidOperation

    from domain.money import minor

    if text is None:
        return None
    try:
        value, currency = text.split()
        return minor(Decimal(value), currency.upper()), currency.upper()
    except (ValueError, InvalidOperation):
        raise typer.BadParameter(f"{text!r} is no amount: say '250.00 EUR'") from None


def moment(at: datetime | None) -> datetime:
    """A time of the command line as UTC; now when left out."""
    return at.replace(tzinfo=UTC) if at else datetime.now(UTC)


@contextmanager
def database(role: str | None = None) -> "Iterator[Connection]":
    """A session in autocommit, with the rights of a role where one is given."""
    from streaming.settings import Settings
    from streaming.store.database import connect
    from streaming.store.roles import act_as

    url = Settings().owner_database_url()
    with connect(url, "knockon-desk", autocommit=True) as connection:
        if role is not None:
            act_as(connection, role)
        yield connection


def _told(claim: "Claim") -> dict[str, Any]:
    return {
        "obligation_key": str(claim.obligation_key),
        "state": claim.state,
        "regime": claim.regime,
        "owed_minor": claim.owed_minor,
        "approved_minor": claim.approved_minor,
        "paid_minor": claim.paid_minor,
        "currency": claim.currency,
    }


def _print(claim: "Claim") -> None:
    from domain.money import major

    typer.echo(f"{claim.obligation_key}  {claim.state}")
    if claim.currency:
        for name, minor in (
            ("owed", claim.owed_minor),
            ("approved", claim.approved_minor),
            ("paid", claim.paid_minor),
        ):
            typer.echo(f"  {name:<10} {major(minor, claim.currency):>12,} {claim.currency}")
