"""Records that cannot be landed, planted on purpose, so that dead letters are shown to work."""

from collections.abc import Callable, Iterator
from itertools import cycle

from domain.events import Event, PassengerEvent
from streaming.codec import Codec
from streaming.producers import topic_of

Fault = Callable[[Codec, Event], bytes | None]
UNKNOWN_SCHEMA = 2**31 - 1


def not_avro(codec: Codec, event: Event) -> bytes:
    """Text where Avro should be."""
    return event.model_dump_json(exclude={"sealed"}).encode()


def unknown_schema(codec: Codec, event: Event) -> bytes:
    """An id that no registry has given."""
    whole = codec.encode(topic_of(event).name, event)
    return whole[:1] + UNKNOWN_SCHEMA.to_bytes(4) + whole[5:]


def cut_off(codec: Codec, event: Event) -> bytes:
    """The first half."""
    whole = codec.encode(topic_of(event).name, event)
    return whole[: len(whole) // 2]


def impossible(codec: Codec, event: Event) -> bytes:
    """Well-formed Avro that the model refuses: a kind that does not exist."""
    return codec.encode(topic_of(event).name, event.model_copy(update={"kind": "leg_teleported"}))


def empty(codec: Codec, event: Event) -> None:
    """No value at all."""


ALL: tuple[Fault, ...] = (not_avro, unknown_schema, cut_off, impossible, empty)


class Faults:
    """Spoils a copy of every `every`-th event, each in the next way; originals still travel."""

    def __init__(self, codec: Codec, every: int) -> None:
        self._codec = codec
        self._every = every
        self._ways: Iterator[Fault] = cycle(ALL)
        self._seen: dict[type[Event], int] = {}

    def of(self, event: Event) -> list[tuple[str, bytes, bytes | None]]:
        """Topic, key and value of the spoilt copies that follow this event; mostly none."""
        seen = self._seen[type(event)] = self._seen.get(type(event), 0) + 1
        every = self._every // 4 if isinstance(event, PassengerEvent) else self._every
        if seen % max(1, every) != 0:
            return []
        return [(topic_of(event).name, event.key.encode(), next(self._ways)(self._codec, event))]
