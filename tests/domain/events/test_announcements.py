"""Events that we derive ourselves: every fact is optional in the schema, and demanded by kind."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.events import (
    Event,
    FeatureEvent,
    MetricEvent,
    NotificationEvent,
    PredictionEvent,
)
from streaming.topics import TOPICS
from tests.domain.events.test_events import ENVELOPE, ID, NOW

REQUEST: dict[str, Any] = {
    **ENVELOPE, "key": f"passenger/{ID}", "kind": "notification_requested",
    "recipient": f"passenger/{ID}", "notification_id": ID, "template_id": "leg_cancelled_rights",
    "send_before": NOW,
}  # fmt: skip
EXAMPLES: list[tuple[type[Event], dict[str, Any]]] = [
    (NotificationEvent, REQUEST),
    (
        FeatureEvent,
        {
            **ENVELOPE, "key": str(ID), "kind": "features_computed", "leg_id": ID,
            "feature_set": "delay15-h2-v1", "horizon_minutes": 120, "as_of": NOW,
            "numbers": {"local_hour": 7.0}, "labels": {"airline": "9Q"}, "values_hash": "a",
        },
    ),
    (
        PredictionEvent,
        {
            **ENVELOPE, "key": str(ID), "kind": "forecast_made", "leg_id": ID, "forecast_id": ID,
            "target": "delay_15", "horizon_minutes": 120, "as_of": NOW, "probability": 0.4,
            "model_name": "m", "model_version": "1", "feature_set": "s", "features_hash": "a",
        },
    ),
    (
        MetricEvent,
        {
            **ENVELOPE, "key": "lander", "kind": "metric_sampled", "component": "lander",
            "metric": "lag_records", "value": 12e12, "labels": {"topic": "flight.events"},
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("model", "facts"), EXAMPLES)
def test_each_is_taken_whole_and_missed_in_its_parts(
    model: type[Event], facts: dict[str, Any]
) -> None:
    assert model.model_validate_json(model.model_validate(facts).model_dump_json())
    for name in model.needs[facts["kind"]]:
        without = {key: value for key, value in facts.items() if key != name}
        with pytest.raises(ValidationError, match=f"needs {name}"):
            model.model_validate(without)
    with pytest.raises(ValidationError, match=f"key is not {model.keyed_by}"):
        model.model_validate({**facts, "key": "other"})


def test_every_fact_of_every_topic_is_optional_in_the_schema() -> None:
    """A required fact is there for good: later kinds would have to carry it too."""
    for topic in TOPICS.values():
        required = {name for name, field in topic.model.model_fields.items() if field.is_required()}
        facts = required - set(Event.model_fields)
        assert not facts or topic.name == "dead.letter.queue", f"{topic.name}: {facts}"


@pytest.mark.parametrize(
    "recipient",
    ["Adelaide Brambledon", "passenger/Adelaide", "desk/Adelaide", "a@example.org", f"{ID}"],
)
def test_a_recipient_has_no_room_for_a_name(recipient: str) -> None:
    with pytest.raises(ValidationError, match="recipient"):
        NotificationEvent.model_validate({**REQUEST, "key": recipient, "recipient": recipient})
