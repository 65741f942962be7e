"""How dead letters look on a terminal, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from streaming.dead_letters import Opened
    from streaming.keyring import Destroyed
    from streaming.store.dead_letters import Letter

MOST_OF_A_REASON = 60


def show_list(
    letters: "Sequence[Letter]", counts: Sequence[tuple[str, str, str, int]], as_json: bool
) -> None:
    """The letters, and below them how many there are of each kind."""
    if as_json:
        kinds = [
            {"topic": topic, "error_type": kind, "state": state, "letters": count}
            for topic, kind, state, count in counts
        ]
        rows = [asdict(letter) for letter in letters]
        typer.echo(json.dumps({"letters": rows, "counts": kinds}, default=str))
        return
    for one in letters:
        reason = one.reason if len(one.reason) <= MOST_OF_A_REASON else one.reason[:59] + "…"
        place = f"{one.topic}/{one.partition}/{one.offset}"
        typer.echo(
            f"{str(one.dead_letter_id)[:13]}  {one.landed_at:%Y-%m-%d %H:%M:%S}  {place:<28}"
            f"  {one.state:<9}  {one.error_type:<16}  {reason}"
        )
    if letters:
        typer.echo()
    for topic, kind, state, count in counts:
        typer.echo(f"{count:>9,}  {state:<9}  {kind:<16}  {topic}")
    if not counts:
        typer.echo("no dead letter is like that")


def show_one(letter: "Letter", opened: "Opened | Destroyed | None", as_json: bool) -> None:
    """Everything there is; `opened` is None when the bytes stay sealed."""
    said = {**asdict(letter), **_bytes_of(letter, opened)}
    if as_json:
        typer.echo(json.dumps(said, default=str))
        return
    for name, value in said.items():
        if name == "headers" and isinstance(value, list):
            for header, text in value:
                typer.echo(f"{'header':<16} {header}: {text}")
        elif value is not None:
            typer.echo(f"{name.replace('_', ' '):<16} {value}")


def show_counts(counts: Mapping[str, int], as_json: bool) -> None:
    """What was done, or would be; nothing is left out, but zeros are for programs."""
    if as_json:
        typer.echo(json.dumps(counts))
        return
    said = [f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count]
    typer.echo(", ".join(said) or "no dead letter is like that")


def _bytes_of(letter: "Letter", opened: "Opened | Destroyed | None") -> dict[str, Any]:
    from streaming.dead_letters import Opened

    if opened is None:
        return {"payload": f"sealed, {letter.payload_bytes or 0} bytes; --unseal opens it"}
    if not isinstance(opened, Opened):
        return {"payload": "erased: its key was destroyed, nobody can open it"}
    return {
        "key": _readable(opened.key),
        "headers": [[name, _readable(value)] for name, value in opened.headers],
        "payload": _readable(opened.value),
    }


def _readable(value: bytes | None) -> str | None:
    """As text when it is printable, else as hex digits."""
    if value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return f"hex {value.hex()}"
    return text if text.isprintable() else f"hex {value.hex()}"
