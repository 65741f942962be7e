"""The ledger as of any time: what we knew then, and what we owed.

Two times: `known_at` cuts by when something was booked, `owed_at` by when the facts happened. A
correction booked in January for a November flight is unknown to the view known at December, and
owed in November by the view known at February.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.ledger.accounts import account
from domain.ledger.entry import Entry

Key = TypeVar("Key")

OWED = ("probable", "approved", "payable", "in-transit", "care-payable", "refund-payable",
        "judgment-payable")  # fmt: skip
"""Roles of the accounts that hold what is owed to others; the finance marts count by the same."""


@dataclass(frozen=True, slots=True)
class View:
    """Balances in minor units, zeros left out: by account, and owed to others by obligation.

    `owed` is the full legal sum, without the allowance for what is not expected to be claimed,
    and without vouchers, which are issued already.
    """

    balances: dict[tuple[str, str], int]
    owed: dict[tuple[UUID, str], int]


def as_of(entries: Iterable[Entry], known_at: datetime, owed_at: datetime | None = None) -> View:
    """The view of what was booked by `known_at` about what happened by `owed_at`, both in it."""
    balances: defaultdict[tuple[str, str], int] = defaultdict(int)
    owed: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for entry in entries:
        if entry.booked_at > known_at or (owed_at is not None and entry.occurred_at > owed_at):
            continue
        for line in entry.lines:
            balances[line.account, line.currency] += line.amount_minor
            if account(line.account).role in OWED:
                owed[entry.obligation_key, line.currency] -= line.amount_minor
    return View(_left(balances), _left(owed))


def _left(sums: dict[Key, int]) -> dict[Key, int]:
    return {key: minor for key, minor in sums.items() if minor}
