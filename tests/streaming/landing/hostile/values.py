"""Events that Avro can say and no model accepts."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.events import Event
from streaming.schemas import committed, examples
from streaming.topics import LANDING, TOPICS, Topic
from tests.streaming.landing.hostile.record import (
    FLIGHT,
    PASSENGER,
    WEATHER,
    Hostile,
    Register,
    encoded,
    right,
)

BEFORE_CHRIST, AFTER_US = 62_135_596_800_000_001, 7_258_118_400_000_000
"""Microseconds to the year 0, and from 1970 to 2200."""


def texts(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """NULs, codes that are none, words that are too long, identities that are none."""
    for topic in LANDING:
        for field in _fields(topic, str):
            value = encoded(topic.name, ids[topic.name], **{field: "a\0b"})
            yield Hostile(f"NUL in {topic.name} {field}", topic.name, value, "invalid")
        for field in ("key", "source", "kind"):
            value = encoded(topic.name, ids[topic.name], **{field: "x" * 5_000})
            yield Hostile(f"a long {field} on {topic.name}", topic.name, value, "invalid")
    codes = ("", "lhr", "LH", "LHRX", "L1R", "ЛХР", "L\u200bR", "LHR\n", "' or 1=1", "\U0001f6eb")
    for code in codes:
        value = encoded(FLIGHT, ids[FLIGHT], departure_airport=code)
        yield Hostile(f"airport {code!r}", FLIGHT, value, "invalid")
    for number in ("", "12345", "-1", "1.5", "¹²³", "१२३", "0x1F"):
        value = encoded(FLIGHT, ids[FLIGHT], flight_number=number)
        yield Hostile(f"flight number {number!r}", FLIGHT, value, "invalid")
    good = encoded(FLIGHT, ids[FLIGHT])
    text = str(right(FLIGHT).event_id).encode()
    for bad in (
        b"\xff" * 36,
        b"\xed\xa0\x80" * 12,
        b"g" * 36,
        b"0" * 36 + b"",
        b"{" + text[2:] + b"}",
    ):
        value = good.replace(text, bad, 1)
        if bad != b"0" * 36:
            yield Hostile(f"event id {bad!r}", FLIGHT, value, "undecodable or invalid")


def numbers(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """What is no measurement, and what no column holds."""
    for field in _fields(TOPICS[WEATHER], float):
        for bad in (float("nan"), float("inf"), float("-inf"), 1e308):
            value = encoded(WEATHER, ids[WEATHER], **{field: bad})
            yield Hostile(f"{field} {bad}", WEATHER, value, "invalid")
    for field in ("schema_version", "repeat_number"):
        for bad in (2**31, -(2**31) - 1, 2**63 - 1, -(2**63)):
            value = encoded(FLIGHT, ids[FLIGHT], **{field: bad})
            yield Hostile(f"{field} {bad}", FLIGHT, value, "invalid")


def times(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """Before aviation, after us, and later than the record."""
    raw = committed(TOPICS[FLIGHT])
    for field in raw["fields"]:
        if "timestamp-micros" in json.dumps(field["type"]):
            field["type"] = json.loads(
                json.dumps(field["type"]).replace('"logicalType": "timestamp-micros", ', "")
                .replace(', "logicalType": "timestamp-micros"', "")
            )  # fmt: skip
    now = datetime.now(UTC)
    ahead = {"25 hours ahead": now + timedelta(hours=25), "a year ahead": now + timedelta(days=365)}
    for name, when in ahead.items():
        value = encoded(FLIGHT, ids[FLIGHT], occurred_at=when)
        yield Hostile(name, FLIGHT, value, "invalid")
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    plain = {
        name: (value - epoch) // timedelta(microseconds=1)
        for name, value in dict(right(FLIGHT)).items()
        if isinstance(value, datetime)
    }
    for field in ("occurred_at", "produced_at", "sobt", "eibt"):
        for bad in (
            -(2**63),
            -(2**53),
            -62135596800000000,
            2**53,
            2**62,
            2**63 - 1,
            7258118400000000,
        ):
            value = encoded(FLIGHT, ids[FLIGHT], raw, **{**plain, field: bad})
            yield Hostile(f"{field} at {bad} µs", FLIGHT, value, "undecodable or invalid")


def facts(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """Kinds without what they need, in the wrong order, under another's key."""
    for topic in LANDING:
        for kind, needed in topic.model.needs.items():
            for name in needed:
                spoilt = {"kind": kind, name: None} | _everything(topic, but=name)
                value = encoded(topic.name, ids[topic.name], **spoilt)
                yield Hostile(f"{kind} without {name}", topic.name, value, "invalid")
    for kind in ("", "leg_teleported", "LEG_SCHEDULED", "leg_scheduled ", "clock\n"):
        value = encoded(FLIGHT, ids[FLIGHT], kind=kind)
        yield Hostile(f"kind {kind!r}", FLIGHT, value, "invalid")
    event = right(FLIGHT)
    value = encoded(FLIGHT, ids[FLIGHT], sobt=event.sibt, sibt=event.sobt)  # type: ignore[attr-defined]
    yield Hostile("in block before off block", FLIGHT, value, "invalid")
    for key in ("Mary Smith", str(right(FLIGHT).event_id), "clock"):
        value = encoded(PASSENGER, ids[PASSENGER], key=key)
        yield Hostile(f"a passenger under the key {key!r}", PASSENGER, value, "invalid")
    for sealed in (b"", b"\1", b"Mary Smith", b"\2" + bytes(40), b"\1" + bytes(27)):
        value = encoded(PASSENGER, ids[PASSENGER], sealed=sealed)
        yield Hostile(f"sealed {sealed!r}", PASSENGER, value, "invalid")


def _fields(topic: Topic, kind: type) -> list[str]:
    """The fields whose Avro type is that of Python's `kind`, identities left out."""
    name = {str: "string", float: "double"}[kind]
    return [
        field["name"]
        for field in committed(topic)["fields"]
        if name in (field["type"] if isinstance(field["type"], list) else [field["type"]])
    ]


def _everything(topic: Topic, but: str) -> dict[str, Any]:
    """Every fact that an example of the topic has, but for one."""
    found: dict[str, Any] = {}
    for event in examples(topic).values():
        found |= {
            name: value
            for name, value in dict(event).items()
            if name not in Event.model_fields and value is not None
        }
    return {name: None if name == but else value for name, value in found.items()}
