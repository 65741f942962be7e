"""The ledger balances; every assessment has its basis, and comes out the same again."""

from domain.ledger.tampering import chain_examined, examined
from domain.passenger_rights import RightsFacts, assess
from orchestration.verify.verdict import Verdict
from streaming.store import audit, seals
from streaming.store.database import Connection
from streaming.store.periods import closings


def ledger_balances(connection: Connection) -> Verdict:
    """Summed from the postings, not asked of the trigger that should have refused them."""
    return Verdict(
        "ledger balances",
        "transactions whose postings sum to zero per currency",
        audit.count(connection, "ledger", "transactions"),
        [f"transaction {key}" for key in audit.unbalanced(connection)],
    )


def books_sealed(connection: Connection, head: str | None = None) -> Verdict:
    """Hashes the books as they are now, and compares with what was sealed.

    `head` is one that was kept elsewhere: only with it the chain as a whole cannot be made anew.
    A period ends where a seal does, which its closing names.
    """
    chain = seals.seals(connection)
    broken = [found.words for found in chain_examined(chain, head)]
    checked = 0
    for sealed in chain:
        leaves = seals.leaves(connection, sealed)
        ids = [leaf.transaction_id for leaf in leaves]
        now = seals.entries(connection, sealed.first, sealed.last, ids)
        broken += [found.words for found in examined(sealed, leaves, now)]
        checked += len(leaves)
    ends = {sealed.head: sealed.last + 1 for sealed in chain}
    closed = closings(connection)
    broken += [
        f"period {one.period} is closed before transaction {one.following}, where the seal that "
        "its closing names does not end"
        for one in closed
        if one.following != (ends.get(one.head) if one.head else 0)
    ]
    return Verdict(
        "books as sealed",
        "transactions that are what they were when they were sealed",
        checked,
        broken,
        {
            "seals": len(chain),
            "not sealed yet": seals.unsealed(connection),
            "closed periods": len(closed),
        },
    )


def assessments_founded(connection: Connection) -> Verdict:
    """Looks each basis up, then assesses the stored facts again and compares the money.

    Rules that were mended since may say something else: that is counted, and no contradiction.
    """
    baseless = set(audit.baseless_assessments(connection))
    broken = [f"assessment {key} lacks its basis" for key in sorted(baseless)]
    checked = earlier = 0
    for key, facts, *stored, digest in audit.assessments_with_facts(connection):
        checked += 1
        if key in baseless:
            continue
        answer = assess(RightsFacts.model_validate(facts))
        again = [answer.amount_minor, answer.currency, answer.rulebook]
        if again == stored:
            continue
        if digest == answer.rulebook_digest:
            broken.append(f"assessment {key} holds {stored}, its facts give {again}")
        else:
            earlier += 1
    return Verdict(
        "assessments founded",
        "assessments with facts, rulebook and citation that come out the same again",
        checked,
        broken,
        {"otherwise under an earlier edition of the rules": earlier},
    )
