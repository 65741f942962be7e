"""Bytes that are no event: cut, claimed, of other formats, by chance."""

import gzip
import random
import struct
from collections.abc import Iterator, Mapping

from tests.streaming.landing.hostile.record import (
    FLIGHT,
    PASSENGER,
    WEATHER,
    Hostile,
    Register,
    encoded,
    varint,
)


def wire(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """What is not in Confluent's format, or names a schema that is not there."""
    good = encoded(FLIGHT, ids[FLIGHT])
    yield Hostile("no value", FLIGHT, None, "undecodable")
    for length in range(6):
        yield Hostile(f"{length} bytes alone", FLIGHT, good[:length], "undecodable")
    for magic in (1, 2, 3, 0x7B, 0x4F, 0x80, 0xC3, 0xFF):
        yield Hostile(f"magic {magic:#04x}", FLIGHT, bytes([magic]) + good[1:], "undecodable")
    for unknown in (0, 99_999, 2**24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1):
        value = struct.pack(">bI", 0, unknown) + good[5:]
        yield Hostile(f"unknown schema {unknown}", FLIGHT, value, "unknown_schema")
    for topic, other in ((FLIGHT, WEATHER), (WEATHER, PASSENGER), (PASSENGER, FLIGHT)):
        value = encoded(other, ids[other])
        yield Hostile(f"an event of {other} on {topic}", topic, value, "undecodable")
    yield Hostile("Avro without a header", FLIGHT, good[5:], "undecodable")
    yield Hostile("the header twice", FLIGHT, good[:5] + good, "undecodable")


def cut(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """Truncated everywhere, and with more behind."""
    for topic in (FLIGHT, WEATHER, PASSENGER):
        good = encoded(topic, ids[topic])
        for at in range(6, len(good), len(good) // 12):
            yield Hostile(f"{topic} cut at {at}", topic, good[:at], "undecodable")
        for more in (b"\0", b"\xff" * 9, good):
            name = f"{topic} with {len(more)} bytes behind"
            yield Hostile(name, topic, good + more, "undecodable")


def claims(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """Lengths and branches that are not so, and records larger than any event."""
    good = encoded(FLIGHT, ids[FLIGHT])
    for size in (2**20, 2**31, 2**40, 2**62, 2**63 - 1, -1, -(2**31), -(2**63)):
        value = good[:5] + varint(size) + good[6:]
        yield Hostile(f"an event id of {size} bytes", FLIGHT, value, "undecodable")
    yield Hostile("a varint without end", FLIGHT, good[:5] + b"\x80" * 64, "undecodable")
    # Where the two differ first, one has said which branch of the optional fact it takes.
    without = encoded(FLIGHT, ids[FLIGHT], leg_id=None)
    pairs = zip(good, without, strict=False)
    optional = next(at for at, (one, other) in enumerate(pairs) if one != other)
    for branch in (2, 7, -3, 2**40):
        value = good[:optional] + varint(branch) + good[optional + 1 :]
        yield Hostile(f"branch {branch} of two", FLIGHT, value, "undecodable")
    for size in (1_000_001, 1_040_000):
        value = good + bytes(size - len(good))
        yield Hostile(f"{size} bytes", FLIGHT, value, "oversized")
    yield Hostile(
        "a source of 900,000 letters", FLIGHT,
        encoded(FLIGHT, ids[FLIGHT], source="x" * 900_000), "invalid",
    )  # fmt: skip


def noise(ids: Mapping[str, int], register: Register) -> Iterator[Hostile]:
    """Other formats, and chance."""
    others = {
        "JSON": b'{"event_id": 1}', "a JSON bomb": b"[" * 50_000, "XML": b"<?xml?><a/>",
        "gzip": gzip.compress(bytes(500_000)), "Java": b"\xac\xed\x00\x05sr", "zeros": bytes(300),
        "ones": b"\xff" * 300, "a format string": b"%s%n%x" * 20, "a path": b"../../etc/passwd",
        "an Avro file": b"Obj\1" + bytes(60), "a byte-order mark": b"\xef\xbb\xbf{}",
    }  # fmt: skip
    for name, value in others.items():
        becomes = "unknown_schema" if name == "zeros" else "undecodable"
        yield Hostile(name, FLIGHT, value, becomes)
    drawn = random.Random(5)
    for number in range(20):
        body = struct.pack(">bI", 0, ids[FLIGHT]) + drawn.randbytes(drawn.randrange(1, 400))
        yield Hostile(f"chance {number}", FLIGHT, body, "undecodable or invalid")
