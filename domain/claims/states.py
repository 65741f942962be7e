"""States and moves of a claim (LE-03), read from data: what leads where, and who may do it.

`not_owed` is one state more than LE-03 names: an answer of nothing that needs no excuse.
`assessed` is an answer that still waits for facts. An assessment may come in any state, since
facts change at any time; what is with the bank or before a court stays there.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

from domain.claims.errors import ClaimRefused, IllegalMove

State = Literal[
    "detected", "assessed", "owed", "not_owed", "excused", "notified", "claimed", "contested",
    "approved", "scheduled", "paid", "returned", "expired", "settled_below", "court",
]  # fmt: skip
Role = Literal["rules", "ops", "agent", "passenger", "agency", "bank", "dispute_body", "court"]
STATES: tuple[State, ...] = get_args(State)
ROLES: tuple[Role, ...] = get_args(Role)
START: State = "detected"
ASKED = ("claim", "contest", "sue")
"""Moves by which somebody asks for the sum: from then on all of it is expected."""


class Move(NamedTuple):
    """From one state to the next, and the roles that may make it."""

    state: State
    name: str
    to: State
    who: tuple[Role, ...]


class Note(NamedTuple):
    """Something that is told of a claim and leaves its state: where, and by whom."""

    name: str
    states: tuple[State, ...]
    who: tuple[Role, ...]


def moves() -> tuple[Move, ...]:
    """Every move, in the order of the data."""
    return tuple(_moves().values())


def notes() -> tuple[Note, ...]:
    """Every note, in the order of the data."""
    return tuple(_notes().values())


def allowed(state: State, role: Role) -> tuple[str, ...]:
    """What a role may do in a state: moves, then notes."""
    return (
        *(move.name for move in moves() if move.state == state and role in move.who),
        *(note.name for note in notes() if state in note.states and role in note.who),
    )


def following(state: State, kind: str, role: Role) -> State:
    """The state after an event; raises IllegalMove where the data does not allow it."""
    if kind not in allowed(state, role):
        raise IllegalMove(state, kind, role, allowed(state, role))
    move = _moves().get((state, kind))
    return state if move is None else move.to


def kinds() -> frozenset[str]:
    """Every name of a move or a note."""
    return frozenset({move.name for move in moves()} | set(_notes()))


@cache
def _moves() -> dict[tuple[str, str], Move]:
    table: dict[tuple[str, str], Move] = {}
    for row in _rows("moves.csv"):
        where = (row["state"], row["move"])
        if where in table or row["state"] not in STATES or row["next"] not in STATES:
            raise ClaimRefused(f"moves.csv: {where} is twice there or of no known state")
        table[where] = Move(row["state"], row["move"], row["next"], _roles(row["who"]))  # type: ignore[arg-type]
    return table


@cache
def _notes() -> dict[str, Note]:
    table: dict[str, Note] = {}
    for row in _rows("notes.csv"):
        told = STATES if row["states"] == "*" else tuple(row["states"].split())  # type: ignore[arg-type]
        if row["note"] in table or not set(told) <= set(STATES):
            raise ClaimRefused(f"notes.csv: {row['note']} is twice there or of no known state")
        table[row["note"]] = Note(row["note"], told, _roles(row["who"]))
    return table


def _roles(text: str) -> tuple[Role, ...]:
    found = tuple(text.split())
    if not found or not set(found) <= set(ROLES):
        raise ClaimRefused(f"{text!r} names no known roles")
    return found  # type: ignore[return-value]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("domain.claims").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
