"""`knockon explain`: the reasoned letter of a claim, for who it is for."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

if TYPE_CHECKING:
    from domain.letters import Case
    from streaming.store.database import Connection

app = typer.Typer(help="Why is this owed? In words, as a letter, with its proofs.",
                  no_args_is_help=True)  # fmt: skip
For = Literal["passenger", "auditor", "regulator"]


@app.callback()
def explain() -> None:
    """Why is this owed? In words, as a letter, with its proofs."""


@app.command()
def claim(
    key: Annotated[
        str,
        typer.Argument(
            help="An obligation key (or how it begins), an assessment id or a transaction id."
        ),
    ],
    reader: Annotated[
        For, typer.Option("--for", help="passenger, auditor, or regulator (needs --out).")
    ] = "passenger",
    out: Annotated[
        Path | None,
        typer.Option(help="A file: .txt or .pdf for a letter, .zip for a regulator's pack."),
    ] = None,
    named: Annotated[
        str | None,
        typer.Option(
            "--named",
            metavar="PURPOSE",
            help="Open the sealed name and put it on the letter; who asked and why is kept.",
        ),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of the letter; today's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Write the reasoned letter of a claim.

    The sum is read from the books and held against the assessment, and that against the rules of
    today: where they differ no letter is written, and it says what to do. Exit code 1 then.
    """
    import json

    from domain.letters import auditor_report, passenger_letter
    from orchestration.cli.claims import database, moment
    from orchestration.explain.pdf import pdf
    from orchestration.explain.reading import found, read_case, read_trail
    from orchestration.results import write_bytes

    if (reader == "regulator") != (out is not None and out.suffix == ".zip"):
        raise typer.BadParameter("a regulator's pack goes to --out FILE.zip, and nothing else does")
    if out is not None and out.suffix not in (".txt", ".pdf", ".zip"):
        raise typer.BadParameter("--out ends in .txt, .pdf or .zip")
    with database() as connection:
        obligation_key = found(connection, key)
        name = _name(connection, obligation_key, named) if named else None
        case = read_case(connection, obligation_key, moment(on), name)
        if reader == "passenger":
            letter = passenger_letter(case)
        else:
            letter = auditor_report(case, read_trail(connection, obligation_key))
        packed = _pack(connection, case, letter) if reader == "regulator" else b""
    if out is not None:
        content = {".txt": letter.text.encode(), ".zip": packed}.get(out.suffix)
        write_bytes(out, pdf(letter) if content is None else content)
        typer.echo(str(out))
    elif as_json:
        typer.echo(json.dumps(_as_json(letter)))
    else:
        typer.echo(letter.text)


def _pack(connection: "Connection", case: "Case", letter: Any) -> bytes:
    from domain.letters import passenger_letter
    from orchestration.explain.pack import archive, files
    from orchestration.explain.pdf import pdf
    from streaming.store import explaining as stored

    newest = stored.assessments(connection, case.obligation_key)[-1]
    letters = {"audit.txt": letter.text.encode(), "letter.pdf": pdf(passenger_letter(case))}
    return archive(files(connection, newest["broken_leg_id"], letters))


def _name(connection: "Connection", obligation_key: UUID, purpose: str) -> str | None:
    """The passenger's name through the keyring's door; None, and a word, where it is destroyed."""
    import getpass

    from orchestration.cli.payment_files import keyring
    from streaming.keyring.keyring import Destroyed
    from streaming.store import explaining as stored

    newest = stored.assessments(connection, obligation_key)[-1]
    who = newest["passenger_ref"]
    sealed = stored.sealed_person(connection, who, newest["journey_id"])
    if sealed is None:
        typer.echo("no name is on file", err=True)
        return None
    person = keyring().open({who: sealed}, actor=getpass.getuser(), purpose=purpose)[who]
    if isinstance(person, Destroyed):
        typer.echo("the passenger was erased: the letter carries no name", err=True)
        return None
    return f"{person.given_name} {person.family_name}"


def _as_json(letter: Any) -> dict[str, Any]:
    return {
        "title": letter.title,
        "reference": letter.reference,
        "written_on": letter.written_on.isoformat(),
        "sections": [
            {"heading": section.heading, "paragraphs": list(section.paragraphs)}
            for section in letter.sections
        ],
    }
