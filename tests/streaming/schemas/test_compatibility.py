"""No schema changes in a way that yesterday's processes would not bear, and the field is named."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from orchestration.stack import Stack
from streaming.broker import BrokerError
from streaming.broker.registry import Registry
from streaming.schemas import committed
from streaming.schemas.compatibility import both_ways
from streaming.schemas.errors import IncompatibleChange
from streaming.schemas.publishing import PUBLISHED, history, incompatible, publish
from streaming.topics import TOPICS

Fields = list[dict[str, Any]]
FLIGHT = TOPICS["flight.events"]


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_every_schema_goes_with_all_that_were_published(topic) -> None:
    assert history(topic), "run `python -m streaming.schemas publish`"
    assert incompatible(topic, committed(topic)) == []


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_the_published_ones_go_with_each_other(topic) -> None:
    numbers = history(topic)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    for one in numbers.values():
        for other in numbers.values():
            assert both_ways(one, other) == []


def changed(change: Any) -> dict[str, Any]:
    schema = deepcopy(committed(FLIGHT))
    by_name = {field["name"]: field for field in schema["fields"]}
    change(schema, by_name)
    return schema


def drop(name: str) -> Any:
    return lambda schema, fields: schema["fields"].remove(fields[name])


def retype(name: str, kind: Any) -> Any:
    return lambda schema, fields: fields[name].update(type=kind)


def add(**field: Any) -> Any:
    return lambda schema, fields: schema["fields"].append(field)


REFUSED = {
    "required field dropped": (drop("correlation_id"), "correlation_id"),
    "required field added": (add(name="gate", type="string"), "gate"),
    "optional made required": (retype("registration", "string"), "registration"),
    "required made optional": (retype("source", ["null", "string"]), "source"),
    "text made a number": (retype("source", "long"), "source"),
    "array made text": (retype("leg_id", ["null", {"type": "array", "items": "string"}]), "leg_id"),
    "microseconds made milliseconds": (
        retype("occurred_at", {"type": "long", "logicalType": "timestamp-millis"}), "occurred_at",
    ),
    "record renamed": (lambda schema, fields: schema.update(name="Flight"), "name"),
    "kind made an enum": (
        retype("kind", {"type": "enum", "name": "Kind", "symbols": ["clock"]}), "kind",
    ),
}  # fmt: skip
MISREAD = {"microseconds made milliseconds"}
"""What a registry takes, since both are a long: so it is not left to the registry."""

TAKEN = {
    "optional field dropped": drop("registration"),
    "optional field added": add(name="gate", type=["null", "string"], default=None),
    "field with a default added": add(name="gate", type="string", default=""),
    "documented": lambda schema, fields: fields["kind"].update(doc="Which facts are set."),
    "fields in another order": lambda schema, fields: schema["fields"].reverse(),
}


@pytest.mark.parametrize(("change", "field"), REFUSED.values(), ids=REFUSED)
def test_a_change_that_breaks_somebody_is_refused_by_field(change, field: str) -> None:
    (first, *_) = incompatible(FLIGHT, changed(change))
    assert first.startswith("flight.events-value: ")
    assert field in first
    assert "(against published 1)" in first


@pytest.mark.parametrize("change", TAKEN.values(), ids=TAKEN)
def test_a_change_that_breaks_nobody_is_taken(change) -> None:
    assert incompatible(FLIGHT, changed(change)) == []


def test_a_nested_field_is_named_by_its_path() -> None:
    def holding(inner: str) -> dict[str, Any]:
        gates = {"type": "record", "name": "Gate", "fields": [{"name": "number", "type": inner}]}
        kind = {"type": "array", "items": gates}
        return {"type": "record", "name": "R", "fields": [{"name": "gates", "type": kind}]}

    (told, *_) = both_ways(holding("string"), holding("long"))
    assert told.startswith("gates[].number: ")


def test_it_is_compared_with_all_and_not_only_the_last(tmp_path: Path) -> None:
    """A name that was given up must not come back with another meaning."""
    folder = tmp_path / FLIGHT.subject
    folder.mkdir()
    versions = [
        changed(add(name="gate", type=["null", "string"], default=None)),
        committed(FLIGHT),
    ]
    for number, schema in enumerate(versions, 1):
        (folder / f"{number}.avsc").write_text(json.dumps(schema))
    back = changed(add(name="gate", type=["null", "long"], default=None))
    assert {problem.rpartition("(")[2] for problem in incompatible(FLIGHT, back, tmp_path)} == {
        "against published 1)"
    }


def test_publishing_adds_what_is_new_once_and_never_what_breaks(tmp_path: Path) -> None:
    assert len(publish(tmp_path)) == len(TOPICS)
    assert publish(tmp_path) == []
    first = tmp_path / FLIGHT.subject / "1.avsc"
    first.write_text(json.dumps(changed(drop("registration"))))
    assert publish(tmp_path) == [first.with_name("2.avsc")]
    first.write_text(json.dumps(changed(drop("source"))))
    with pytest.raises(IncompatibleChange, match="source"):
        publish(tmp_path)


@pytest.mark.parametrize("name", [*REFUSED, *TAKEN])
def test_the_running_registry_judges_as_we_do_but_for_logical_types(
    name: str, stack: Stack
) -> None:
    registry = Registry(str(stack.settings.schema_registry_url))
    subject = f"compatibility-{uuid4()}"
    registry.register(subject, json.dumps(history(FLIGHT)[1]))
    after = json.dumps(changed(TAKEN[name] if name in TAKEN else REFUSED[name][0]))
    if name in TAKEN or name in MISREAD:
        registry.register(subject, after)
    else:
        with pytest.raises(BrokerError, match="refuses compatibility"):
            registry.register(subject, after)


def test_the_published_files_are_where_they_are_looked_for() -> None:
    assert {folder.name for folder in PUBLISHED.iterdir()} == {
        topic.subject for topic in TOPICS.values()
    }
