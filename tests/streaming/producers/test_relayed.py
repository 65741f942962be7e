"""What is relayed is in the outbox with the caller's transaction, in order, once; or not at all."""

from typing import Any

import pytest

from streaming.producers import (
    DisruptionProducer,
    FeatureProducer,
    Misplaced,
    NotificationProducer,
    PredictionProducer,
)
from streaming.schemas import examples
from streaming.store.database import connect
from streaming.topics import RELAYED, TOPICS

FAMILIES = (DisruptionProducer, NotificationProducer, FeatureProducer, PredictionProducer)


def queued(url: str) -> list[tuple[Any, ...]]:
    with connect(url, "test") as connection:
        return connection.execute(
            "select entry_id, topic, key, value, headers from outbox.entries order by created_at"
        ).fetchall()


def test_every_relayed_topic_but_dead_letters_has_its_family() -> None:
    by_family = {family.topic.name for family in FAMILIES}
    assert by_family == {topic.name for topic in RELAYED} - {"dead.letter.queue"}


@pytest.mark.parametrize("family", FAMILIES)
def test_events_wait_in_the_outbox_with_the_transaction(migrated_url: str, family) -> None:
    events = list(examples(family.topic).values())
    with connect(migrated_url, "test") as connection:
        family(connection).send(events)
        assert queued(migrated_url) == []
        connection.rollback()
    assert queued(migrated_url) == []

    with connect(migrated_url, "test") as connection:
        family(connection).send(events)
        family(connection).send(events)
        connection.commit()
    found = queued(migrated_url)
    assert [(row[0], row[1], row[2]) for row in found] == [
        (event.event_id, family.topic.name, event.key) for event in events
    ]
    assert [family.topic.model.model_validate_json(row[3]) for row in found] == events
    assert [row[4] for row in found] == [{"kind": event.kind} for event in events]


def test_what_does_not_belong_keeps_all_of_it_out(migrated_url: str) -> None:
    right = next(iter(examples(TOPICS["ml.features"]).values()))
    foreign = next(iter(examples(TOPICS["ml.predictions"]).values()))
    with connect(migrated_url, "test") as connection:
        producer: Any = FeatureProducer(connection)
        with pytest.raises(Misplaced, match=r"PredictionEvent does not belong on ml\.features"):
            producer.send([right, foreign])
        with pytest.raises(Misplaced, match="its key is not leg_id"):
            producer.send([right, right.model_copy(update={"key": "another"})])
        connection.commit()
    assert queued(migrated_url) == []
