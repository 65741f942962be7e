"""The life of a claim: moves that the data allows, excuses by two people, replays that agree."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims import (
    Claim,
    ClaimEvent,
    ClaimRefused,
    IllegalMove,
    allowed,
    apply,
    deadlines,
    moves,
    replay,
)
from domain.claims.deadlines import months_later, premature
from domain.claims.states import ROLES, START, STATES, following, kinds, notes

KEY = UUID(int=1)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
AGENCY = UUID(int=50)
FACTS = {
    "amount_minor": 25000, "currency": "EUR", "revision": "r1", "regime": "eu", "reason": "why",
    "reference": "ref", "cause": "bird_strike", "document_sha256": "a" * 64, "channel": "adr",
    "body": "an ombudsman", "agency_ref": AGENCY,
}  # fmt: skip
_ids = iter(range(1, 10**9))


def event(kind: str, role: str = "agent", /, **told: object) -> ClaimEvent:
    actor = told.pop("actor", str(AGENCY) if role == "agency" else f"{role}-1")
    needed = {name: FACTS[name] for name in ClaimEvent.needs.get(kind, ())}
    if kind == "settle":
        needed["amount_minor"] = 10000
    return ClaimEvent.model_validate(
        {"event_id": UUID(int=next(_ids)), "obligation_key": KEY, "kind": kind, "occurred_at": AT,
         "actor": actor, "role": role} | needed | told
    )  # fmt: skip


OWED = event("assess_owed", "rules")
CLAIMED = [OWED, event("claim", "passenger")]
PAID = [*CLAIMED, event("approve"), event("schedule"), event("pay", "bank")]
EXCUSE = [event("excuse_proposed", "ops"), event("excuse_documented", "ops")]


def test_a_move_is_possible_exactly_where_the_data_says_so() -> None:
    table = {(move.state, move.name, role): move.to for move in moves() for role in move.who}
    told = {
        (state, note.name, role) for note in notes() for state in note.states for role in note.who
    }
    possible = 0
    for state, kind, role in product(STATES, sorted(kinds()), ROLES):
        where = (state, kind, role)
        if where in table or where in told:
            assert following(state, kind, role) == table.get(where, state)
            possible += 1
        else:
            with pytest.raises(IllegalMove) as refused:
                following(state, kind, role)
            assert (refused.value.state, refused.value.move) == (state, kind)
            assert refused.value.allowed == allowed(state, role)
            assert all(name in str(refused.value) for name in (state, kind, *allowed(state, role)))
    assert possible == len(table) + len(told)


def reachable(without: str | None = None) -> set[str]:
    found, edge = {START}, [START]
    while edge:
        here = edge.pop()
        for move in moves():
            if move.state == here and move.name != without and move.to not in found:
                found.add(move.to)
                edge.append(move.to)
    return found


@pytest.mark.parametrize(
    ("without", "never"),
    [
        ("approve", {"approved", "scheduled", "paid", "returned"}),
        ("schedule", {"scheduled", "paid", "returned"}),
        ("pay", {"paid"}),
        ("excuse", {"excused"}),
        ("assess_owed", {"owed"}),
        ("expire", {"expired"}),
    ],
)
def test_no_way_leads_around_a_move_that_must_be_made(without: str, never: set[str]) -> None:
    assert reachable() == set(STATES)
    assert not reachable(without) & never


def test_an_assessment_may_come_in_every_state_and_only_expiry_ends() -> None:
    for state in STATES:
        names = {"assess_undecided", "assess_owed", "assess_not_owed"}
        assert names <= set(allowed(state, "rules"))
        ways_out = {move.to for move in moves() if move.state == state} - {state}
        assert bool(ways_out) == (state != "expired")


def test_the_straight_way() -> None:
    claim = replay(PAID)
    assert (claim.state, claim.approved_minor, claim.paid_minor) == ("paid", 25000, 25000)
    assert claim.claimed_at == AT
    assert claim.history == tuple(PAID)
    back = replay([*PAID, event("give_back", "bank"), event("schedule"), event("pay", "bank")])
    assert back.paid_minor == 25000
    refused = replay([*PAID[:-1], event("give_back", "bank")])  # before it was executed
    assert (refused.state, refused.paid_minor) == ("returned", 0)


def test_a_refusal_names_state_move_and_what_may_be_done() -> None:
    with pytest.raises(IllegalMove, match="claimed: agent may not pay; allowed to agent here: approve, excuse"):  # fmt: skip  # noqa: E501
        replay([*CLAIMED, event("pay")])
    with pytest.raises(ClaimRefused, match="there is none"):
        replay([])
    with pytest.raises(ClaimRefused, match="another obligation"):
        replay([OWED, event("claim", "passenger", obligation_key=UUID(int=2))])


def test_no_more_is_approved_than_is_owed_and_not_paid() -> None:
    for told in ({"amount_minor": 25001}, {"amount_minor": 0}, {"currency": "GBP"}):
        with pytest.raises(ClaimRefused, match="25000 EUR is owed and not paid"):
            replay([*CLAIMED, event("approve", **told)])
    more = [*PAID, event("assess_owed", "rules", amount_minor=40000), event("reopen")]
    with pytest.raises(ClaimRefused, match="15000 EUR is owed and not paid"):
        replay([*more, event("approve", amount_minor=15001)])
    again = [event("approve", amount_minor=15000), event("schedule"), event("pay", "bank")]
    assert replay([*more, *again]).paid_minor == 40000


def test_a_settlement_bounds_the_approval_until_it_is_reopened() -> None:
    settled = [*CLAIMED, event("settle")]
    with pytest.raises(ClaimRefused, match="10000 EUR is owed"):
        replay([*settled, event("approve")])
    assert replay([*settled, event("approve", amount_minor=10000)]).state == "approved"
    reopened = [*settled, event("contest", "passenger"), event("concede"), event("approve")]
    assert replay(reopened).approved_minor == 25000  # NO-03
    with pytest.raises(ClaimRefused, match="below what is owed"):
        replay([*CLAIMED, event("settle", amount_minor=25000)])


def test_an_excuse_needs_a_proposer_documents_and_a_second_person() -> None:
    claim = replay([*CLAIMED, *EXCUSE, event("excuse", actor="captain")])
    assert claim.state == "excused"
    assert claim.excuse is not None
    assert (claim.excuse.proposed_by, claim.excuse.approved_by) == ("ops-1", "captain")
    assert claim.excuse.documents == ("a" * 64,)
    with pytest.raises(ClaimRefused, match="no excuse is proposed"):
        replay([*CLAIMED, event("excuse")])
    with pytest.raises(ClaimRefused, match="proven by documents"):
        replay([*CLAIMED, EXCUSE[0], event("excuse")])
    for same in ("ops-1", " OPS-1 "):
        with pytest.raises(ClaimRefused, match="a second person approves"):
            replay([*CLAIMED, *EXCUSE, event("excuse", actor=same)])
    with pytest.raises(ClaimRefused, match="could prove"):
        replay([*CLAIMED, EXCUSE[1]])
    with pytest.raises(IllegalMove):
        replay([*CLAIMED, *EXCUSE, event("excuse", "ops", actor="ops-2")])


def test_until_approved_it_stays_owed_and_facts_that_change_need_a_new_approval() -> None:
    assert replay([OWED, *EXCUSE]).state == "owed"
    excused = [OWED, *EXCUSE, event("excuse", actor="captain")]
    kept = replay([*excused, event("assess_not_owed", "rules")])
    assert kept.state == "excused"
    assert kept.excuse is not None
    changed = [*excused, event("assess_owed", "rules", revision="r2")]
    assert replay(changed).excuse is None
    with pytest.raises(ClaimRefused, match="no excuse is proposed"):
        replay([*changed, event("excuse", actor="captain")])
    refused = [OWED, *EXCUSE, event("excuse_refused")]
    with pytest.raises(ClaimRefused, match="no excuse is proposed"):
        replay([*refused, event("excuse", actor="captain")])


def test_an_agency_acts_by_the_passengers_mandate_only() -> None:
    appointed = event("agency_appointed", "agency", may_collect=True)
    claim = replay([OWED, appointed, event("claim", "agency")])
    assert (claim.state, claim.payee_agency) == ("claimed", AGENCY)
    assert replay([OWED, event("agency_appointed", "passenger")]).payee_agency is None
    with pytest.raises(ClaimRefused, match="no mandate"):
        replay([OWED, event("claim", "agency")])
    with pytest.raises(ClaimRefused, match="no mandate"):
        replay([OWED, appointed, event("claim", "agency", actor=str(UUID(int=51)))])
    with pytest.raises(ClaimRefused, match="its own mandate"):
        replay([OWED, event("agency_appointed", "agency", agency_ref=UUID(int=51))])
    with pytest.raises(ClaimRefused, match="dismiss it first"):
        replay([OWED, appointed, event("agency_appointed", "passenger", agency_ref=UUID(int=51))])
    dismissed = [OWED, appointed, event("agency_dismissed", "passenger")]
    assert replay(dismissed).agency is None
    with pytest.raises(ClaimRefused, match="no mandate"):
        replay([*dismissed, event("claim", "agency")])


def test_uk_disputes_open_after_eight_weeks_or_with_the_final_reply() -> None:
    owed = event("assess_owed", "rules", regime="uk", currency="GBP")
    claimed = [owed, event("claim", "passenger")]
    assert deadlines(replay([owed])) is None
    dates = deadlines(replay(claimed))
    assert dates is not None
    assert dates.adr_from == AT + timedelta(weeks=8)
    assert dates.reply_due_at == datetime(2027, 1, 20, 12, tzinfo=UTC)
    replied = [*claimed, event("final_reply_sent", occurred_at=AT + timedelta(days=10))]
    assert deadlines(replay(replied)).adr_from == AT + timedelta(days=10)  # type: ignore[union-attr]
    late = [*claimed, event("final_reply_sent", occurred_at=AT + timedelta(weeks=9))]
    assert deadlines(replay(late)).adr_from == AT + timedelta(weeks=8)  # type: ignore[union-attr]
    contested = [*claimed, event("contest", "passenger")]
    for days, early in ((55, True), (56, False)):
        opened = event("dispute_opened", "passenger", occurred_at=AT + timedelta(days=days),
                       due_at=AT + timedelta(days=90))  # fmt: skip
        claim = replay([*contested, opened])
        assert premature(claim) == early
        assert deadlines(claim).answer_due_at == AT + timedelta(days=90)  # type: ignore[union-attr]
    court = event("dispute_opened", "passenger", channel="court")
    assert not premature(replay([*contested, court]))
    assert deadlines(replay(CLAIMED)).adr_from is None  # type: ignore[union-attr]


def test_months_end_where_the_shorter_month_ends() -> None:
    assert months_later(datetime(2026, 12, 31, tzinfo=UTC), 2).date().isoformat() == "2027-02-28"
    assert months_later(datetime(2027, 12, 31, tzinfo=UTC), 2).date().isoformat() == "2028-02-29"
    assert months_later(datetime(2026, 10, 5, tzinfo=UTC), 2).date().isoformat() == "2026-12-05"


def test_an_event_says_what_its_kind_needs() -> None:
    with pytest.raises(ValueError, match="approve needs amount_minor, currency"):
        event("approve", amount_minor=None, currency=None)
    with pytest.raises(ValueError, match="no event of a claim is called forgive"):
        event("forgive")
    with pytest.raises(ValueError, match="document_sha256"):
        event("excuse_documented", "ops", document_sha256="a photo")


KINDS = st.tuples(st.sampled_from(sorted(kinds())), st.sampled_from(ROLES), st.integers(1, 3),
                  st.sampled_from([1, 10000, 25000, 40000]))  # fmt: skip


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_is_tried_the_claim_stays_sound(data) -> None:
    claim = Claim(KEY)
    accepted: list[ClaimEvent] = []
    highest = 0
    for _ in range(data.draw(st.integers(0, 25))):
        # among what is allowed, so that lives get long; and among everything
        role = data.draw(st.sampled_from(ROLES))
        names = allowed(claim.state, role) if data.draw(st.booleans()) else sorted(kinds())
        if not names:
            continue
        kind = data.draw(st.sampled_from(names))
        told = {"amount_minor": data.draw(st.sampled_from([1, 10000, 25000, 40000]))}
        if role != "agency":
            told["actor"] = data.draw(st.sampled_from(["ann", "bob"]))
        made = event(kind, role, **told)
        before = claim
        try:
            claim = apply(claim, made)
        except ClaimRefused:
            assert claim is before  # a refusal leaves nothing behind
            continue
        accepted.append(made)
        highest = max(highest, claim.owed_minor)
        assert apply(claim, made) == claim  # told twice
        assert 0 <= claim.paid_minor <= highest
        if claim.state == "excused":
            assert claim.excuse is not None
            assert claim.excuse.documents
            assert claim.excuse.approved_by not in (None, claim.excuse.proposed_by)
    if accepted:
        assert replay(accepted) == claim
        assert replay([each for one in accepted for each in (one, one)]) == claim
        with pytest.raises(ClaimRefused, match="told otherwise"):
            replay([*accepted, accepted[0].model_copy(update={"actor": "eve"})])
