"""Makes dead letters of records that cannot be landed, with all that they were."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from domain.events import DeadLetter
from streaming.broker import Record, TopicIdentity
from streaming.codec import Rejected
from streaming.headers import CORRELATION_ID, id_in, packed
from streaming.landing.batch import Batch
from streaming.topics import TOPICS

DEAD_LETTERS = UUID("6f1c3a58-2f0e-5b1c-9c55-7b1a4cf1b8d3")
"""Namespace of dead letter ids: UUIDv5 of cluster/topic id/partition/offset."""


class Sealing(Protocol):
    """What burying needs of the keyring."""

    def seal_dead_letters(self, payloads: Mapping[UUID, bytes]) -> dict[UUID, bytes]: ...


def bury(
    batch: Batch,
    sealing: Sealing,
    schema_id_of: Callable[[bytes | None], int | None],
    refused: Sequence[tuple[Record, Rejected]],
    logs: Mapping[str, int],
    identities: Mapping[str, TopicIdentity],
    now: datetime,
) -> None:
    """Add dead letters to the batch; those of a personal topic are sealed first."""
    letters = {_id(identities[record.topic], record): record for record, _ in refused}
    personal = {i: r for i, r in letters.items() if TOPICS[r.topic].personal}
    seal = sealing.seal_dead_letters
    values = seal({i: r.value for i, r in personal.items() if r.value is not None})
    keys = seal({i: r.key for i, r in personal.items() if r.key is not None})
    headers = {i: packed(r.headers) for i, r in letters.items() if r.headers}
    headers |= seal({i: headers[i] for i in personal if i in headers})
    for (letter, record), (_, why) in zip(letters.items(), refused, strict=True):
        sealed = letter in personal
        value = values.get(letter) if sealed else record.value
        key = keys.get(letter) if sealed else record.key
        reason = why.reason.replace("\0", "")
        schema_id = schema_id_of(record.value)
        correlation_id = id_in(record.headers, CORRELATION_ID)
        copy = batch.copies.get((record.topic, record.partition, record.offset))
        replay_of = copy.dead_letter_id if copy else None
        if copy is None:
            batch.buried[record.topic][f"{why.error_type}: {reason}"] += 1
        batch.dead.append(
            (
                logs[record.topic], record.partition, record.offset, letter,
                record.recorded_at, now, key, value, sealed, why.error_type, reason,
                headers.get(letter), schema_id, correlation_id, replay_of,
            )
        )  # fmt: skip
        event = DeadLetter(
            event_id=letter,
            key=f"{record.topic}/{record.partition}",
            kind="dead_letter",
            occurred_at=record.recorded_at,
            produced_at=now,
            source="knockon.landing",
            correlation_id=correlation_id or letter,
            dead_letter_id=letter,
            origin_cluster_id=identities[record.topic].cluster_id,
            origin_topic_id=identities[record.topic].topic_id,
            origin_topic=record.topic,
            origin_partition=record.partition,
            origin_offset=record.offset,
            origin_key=key,
            payload=value,
            payload_sealed=sealed,
            origin_headers=headers.get(letter),
            schema_id=schema_id,
            replay_of=replay_of,
            error_type=why.error_type,
            reason=reason,
        )
        batch.outbox.append((letter, event.key, event.model_dump_json().encode(), {}))


def _id(identity: TopicIdentity, record: Record) -> UUID:
    name = f"{identity.cluster_id}/{identity.topic_id}/{record.partition}/{record.offset}"
    return uuid5(DEAD_LETTERS, name)
