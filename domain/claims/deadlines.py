"""Until when a claim should be answered, and from when the passenger may go elsewhere (NO-06)."""

import csv
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from domain.claims.claim import Claim
from domain.claims.errors import ClaimRefused


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Dates of one claim, UTC; `adr_from` is None where no law gives such a right by time."""

    reply_due_at: datetime
    adr_from: datetime | None
    answer_due_at: datetime | None
    source: str


def deadlines(claim: Claim) -> Deadlines | None:
    """The dates of a claim, or None before it was claimed or assessed.

    UK: alternative dispute resolution opens eight weeks after the claim, or with the final reply
    if that is sooner. EU: a reply within two months is advice.
    """
    if claim.claimed_at is None or claim.regime is None:
        return None
    months, weeks, source = _terms(claim.regime)
    opens = None
    if weeks is not None:
        opens = claim.claimed_at + timedelta(weeks=weeks)
        if claim.final_reply_at is not None:
            opens = min(opens, claim.final_reply_at)
    return Deadlines(
        months_later(claim.claimed_at, months),
        opens,
        claim.dispute.due_at if claim.dispute else None,
        source,
    )


def premature(claim: Claim) -> bool:
    """Whether the dispute was opened at an ADR body before that was open: it may be sent back."""
    dates = deadlines(claim)
    return (
        claim.dispute is not None
        and claim.dispute.channel == "adr"
        and dates is not None
        and dates.adr_from is not None
        and claim.dispute.opened_at < dates.adr_from
    )


def months_later(when: datetime, months: int) -> datetime:
    """The same day so many months on, or the last day of a shorter month."""
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return when.replace(year=year, month=month + 1, day=min(when.day, last))


@cache
def _terms(regime: str) -> tuple[int, int | None, str]:
    text = files("domain.claims").joinpath("data", "dispute_terms.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["regime"] == regime:
            weeks = int(row["adr_weeks"]) if row["adr_weeks"] else None
            return int(row["reply_months"]), weeks, row["source"]
    raise ClaimRefused(f"dispute_terms.csv has no terms under {regime}")
