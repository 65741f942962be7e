"""A topic that is deleted and made anew under a running lander is a second log, from its start."""

from tests.streaming.landing.conftest import Landing

TOPIC = "flight.events"


def landed_by_log(landing: Landing) -> list[dict[tuple[int, int], str]]:
    """Event id per place, one dict per log of the topic, oldest first."""
    logs = landing.query("select log_id from logs.logs where name = %s order by 1", TOPIC)
    rows = landing.query('select log_id, partition, "offset", event_id from landed.flight_events')
    return [{(p, o): str(e) for found, p, o, e in rows if found == log} for (log,) in logs]


def test_what_the_new_topic_holds_is_landed_beside_the_old(landing: Landing) -> None:
    landing.produce(300)
    landing.lander()
    landing.wait_until_accounted(300)
    (old,) = landed_by_log(landing)
    assert len(old) == 300
    landing.make_anew(TOPIC)
    landing.produce(900)  # at once, and past the old offsets
    landing.wait_until_accounted(1_200)
    first, second = landed_by_log(landing)
    assert first == old
    on_kafka = landing.on_kafka()
    assert set(second) == {(p, o) for p, offsets in on_kafka.items() for o in offsets}
    assert len(set(second.values()) - set(first.values())) == 900


def test_a_topic_made_anew_between_claim_and_first_fetch_is_not_taken_for_the_old(
    landing: Landing,
) -> None:
    """The look every two seconds is too late for this one: the client notices nothing."""
    landing.produce(30)
    made_anew = []

    def at(point: str) -> None:
        if point == "before_assignment" and not made_anew:
            made_anew.append(True)
            landing.make_anew(TOPIC)
            landing.produce(90)

    landing.land(90, at=at)
    first, second = landed_by_log(landing)
    assert first == {}
    assert len(second) == 90


def test_a_batch_fetched_before_is_landed_as_the_olds(landing: Landing) -> None:
    """The cluster was asked after the fetch and before the topic went: it is known whose it was."""
    landing.produce(30)
    made_anew = []

    def at(point: str) -> None:
        if point == "after_copy" and not made_anew:
            made_anew.append(True)
            landing.make_anew(TOPIC)
            landing.produce(60)

    landing.land(90, at=at)
    first, second = landed_by_log(landing)
    assert len(first) == 30
    assert len(second) == 60
