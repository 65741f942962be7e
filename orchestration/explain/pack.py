"""The pack for a regulator (LE-13): of one flight the passengers, what they were told and when, the
care issued, the choices open to them, the sums, and each refusal with its reason; no names.

The same state gives the same bytes, and MANIFEST.sha256 names every file.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.ledger.reports import plain
from domain.money import major
from domain.passenger_rights import RightsFacts, assess
from streaming.store import explaining as stored
from streaming.store.database import Connection

FIXED = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: else the same pack would be other bytes each time."""


def files(
    connection: Connection, broken_leg_id: Any, letters: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The files of the pack by name; `letters` go in as they are."""
    people = stored.on_flight(connection, broken_leg_id)
    told = stored.notices(connection, [one["journey_id"] for one in people])
    found = {
        "sums.csv": _table(_sums(people)),
        "refusals.csv": _table(_refusals(people)),
        "notices.csv": _table(told),
        "care.csv": _table(_care(people)),
        "choices.csv": _table(_choices(people)),
        "passengers.csv": _table(
            {
                "obligation_key": one["obligation_key"],
                "passenger_ref": one["passenger_ref"],
                "journey_id": one["journey_id"],
                "facts": json.dumps(one["facts"], sort_keys=True),
            }
            for one in people
        ),
        **letters,
    }
    lines = [f"{hashlib.sha256(found[name]).hexdigest()}  {name}" for name in sorted(found)]
    return {**found, "MANIFEST.sha256": ("\n".join(lines) + "\n").encode()}


def archive(found: Mapping[str, bytes]) -> bytes:
    """The files as one zip, in the order of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(found):
            packed.writestr(zipfile.ZipInfo(name, FIXED), found[name])
    return out.getvalue()


def _sums(people: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for one in people:
        yield {
            "obligation_key": one["obligation_key"],
            "assessment_id": one["assessment_id"],
            "regime": one["regime"],
            "rulebook": one["rulebook"],
            "event": one["event"],
            "amount": major(one["amount_minor"], one["currency"]),
            "amount_max": major(one["amount_max_minor"], one["currency"]),
            "currency": one["currency"],
            "certainty": one["certainty"],
            "needs": "; ".join(one["needs"]),
            "citations": "; ".join(one["citations"]),
        }


def _refusals(people: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Whoever gets nothing, with the reasons in full."""
    for one in people:
        if one["amount_max_minor"] == 0:
            yield {
                "obligation_key": one["obligation_key"],
                "rulebook": one["rulebook"],
                "reason": one["explanation"],
                "citations": "; ".join(one["citations"]),
            }


def _care(people: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for one in people:
        owed = "+".join(one["care"])
        given = list((one["given"] or {}).values())
        if not given:
            yield {"obligation_key": one["obligation_key"], "owed": owed, **_NOTHING}
        for piece in given:
            yield {
                "obligation_key": one["obligation_key"],
                "owed": owed,
                **{name: piece[name] for name in ("care", "at", "supplier", "counts")},
                "amount": major(piece["amount_minor"], piece["currency"]),
                "currency": piece["currency"],
            }


_NOTHING = {"care": "", "at": "", "supplier": "", "counts": "", "amount": "", "currency": ""}


def _choices(people: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for one in people:
        for choice in assess(RightsFacts.model_validate(one["facts"])).choices:
            yield {
                "obligation_key": one["obligation_key"],
                "open": choice.code,
                "rule": choice.rule_id,
                "words": choice.words,
            }


def _table(rows: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(rows)
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({k: plain(_said(v)) for k, v in row.items()} for row in rows)
    return out.getvalue().encode()


def _said(value: Any) -> str:
    if value is None:
        return ""
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
