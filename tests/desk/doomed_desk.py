"""An agent who schedules and exports the same claims as others, until somebody kills the process.

`python -m tests.desk.doomed_desk URL SEED POINT KEY...`; says `ready` once it works. At POINT (an
act of the store, or `-` for none) it has written and not committed: it says `inside`, and waits.
"""

import random
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.claims import ClaimRefused
from domain.payments import PaymentRefused
from streaming.desk import payments
from streaming.keyring import Keyring, MasterKey
from streaming.store import payments as stored
from streaming.store.database import connect
from tests.domain.payments.bank import DEBTOR, DUE, PAYEE
from tests.streaming.landing.conftest import MASTER_KEY


def main() -> None:
    url, seed, point, *keys = sys.argv[1:]
    order = [UUID(key) for key in keys]
    random.Random(int(seed)).shuffle(order)
    if point != "-":
        _stop_at(point)
    keyring = Keyring(lambda: connect(url, "keys"), MasterKey(MASTER_KEY))
    actor, at = f"agent-{seed}", datetime(2026, 7, 15, tzinfo=UTC)
    with connect(url, f"desk-{seed}", autocommit=True) as connection:
        say("ready")
        for key in order:
            try:
                payments.schedule(connection, keyring, key, payments.Payout(PAYEE, DUE), actor, at)
            except (PaymentRefused, ClaimRefused):
                continue  # another was first
            for due in stored.due(connection, DUE):
                payments.export(connection, keyring, DEBTOR, due, "csv", actor, at)


def _stop_at(point: str) -> None:
    act = getattr(stored, point)

    def done_and_waiting(*given: Any) -> None:
        act(*given)
        say("inside")
        time.sleep(60)

    setattr(stored, point, done_and_waiting)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
