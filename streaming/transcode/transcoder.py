"""Keeps a program per topic and writer's schema, and runs batches of records through them."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from domain.events import Event
from streaming.transcode.errors import NotCompiled
from streaming.transcode.kernel import EPOCH_MICROSECONDS, transcode
from streaming.transcode.memory import SLACK
from streaming.transcode.program import Numbers, Program, compiled

HEADER_BYTES = 5
"""Confluent's wire format: a zero byte, then the schema's id in four bytes."""

LARGEST_ID = 2**31 - 1
"""What a registry gives and the column holds; another is for the codec to refuse."""

COPY_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"
IDENTITY = (
    ("log_id", 4), ("partition", 4), ("offset", 8), ("recorded_at", 8), ("landed_at", 8),
    ("schema_id", 4),
)  # fmt: skip
"""The leading columns of a row, all numbers, with their sizes."""

HEAD = np.dtype(
    [
        ("columns", ">i2"),
        *(
            (f"{name}{what}", f">i{size}")
            for name, size in IDENTITY
            for what, size in (("_size", 4), ("", size))
        ),
    ]
)
"""How a row begins: the number of its columns, then size and number of each leading one."""

log = structlog.get_logger(__name__)


class Schemas(Protocol):
    """What is needed of a registry."""

    def schema(self, schema_id: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where a topic's rows go: its model and schema, and its facts with the width of numbers.

    Larger values than `largest_bytes` go the slow way, whatever is in them.
    """

    model: type[Event]
    reader: Mapping[str, Any]
    columns: Sequence[tuple[str, int]]
    largest_bytes: int


@dataclass(frozen=True, slots=True)
class Transcoded:
    """`copy` is a whole COPY stream of `rows` rows in pieces; `slow` are the places of the rest."""

    copy: Sequence[memoryview]
    rows: int
    slow: list[int]


class Transcoder:
    """Compiles each writer's schema when it is first met; `lead` bounds `occurred_at`."""

    def __init__(
        self, targets: Mapping[str, Target], schemas: Schemas, lead: timedelta | None
    ) -> None:
        self._targets = targets
        self._schemas = schemas
        self._lead = lead
        self._programs: dict[tuple[str, int], Program | None] = {}
        self._warm_up()

    def __call__(
        self,
        topic: str,
        log_id: int,
        values: Sequence[bytes | None],
        partitions: Numbers,
        offsets: Numbers,
        recorded_ms: Numbers,
        landed_us: int,
    ) -> Transcoded:
        """Lay out what can be laid out; times count from 1970, in the unit that names them.

        Raises BrokerError when the registry does not answer for a schema not met before.
        """
        ids, spans, data = _cut(values, self._targets[topic].largest_bytes)
        parts: list[NDArray[np.uint8]] = []
        refused = np.ones(len(values), np.bool_)
        for schema_id in np.unique(ids[ids >= 0]):
            program = self._program(topic, int(schema_id))
            if program is None:
                continue
            chosen = np.flatnonzero(ids == schema_id)
            recorded = recorded_ms[chosen] * 1_000
            heads = _heads(
                program,
                log_id=log_id,
                partition=partitions[chosen],
                offset=offsets[chosen],
                recorded_at=recorded - EPOCH_MICROSECONDS,
                landed_at=landed_us - EPOCH_MICROSECONDS,
                schema_id=schema_id,
            )
            out, bad = _walk(program, data, spans[chosen], heads, recorded)
            refused[chosen] = bad
            parts.append(out)
        slow = np.flatnonzero(refused)
        return Transcoded(
            [memoryview(COPY_BEGIN), *(part.data for part in parts), memoryview(COPY_END)],
            len(values) - len(slow),
            [int(one) for one in slow],
        )

    def _warm_up(self) -> None:
        """Walk nothing: numba compiles at the first call, seconds for which no record shall wait.

        What it compiled it keeps beside the module, so that only a first start takes them.
        """
        none = np.empty(0, np.int64)
        for target in self._targets.values():
            with suppress(NotCompiled):
                program = compiled(
                    target.reader, target.reader, target.model, target.columns, self._lead
                )
                heads = _heads(
                    program, log_id=0, partition=none, offset=none, recorded_at=none, landed_at=0,
                    schema_id=0,
                )  # fmt: skip
                _walk(program, np.zeros(SLACK, np.uint8), none.reshape(0, 2), heads, none)
                return  # the arrays of all programs are of the same types

    def _program(self, topic: str, schema_id: int) -> Program | None:
        key = (topic, schema_id)
        if schema_id > LARGEST_ID:
            return None
        if key not in self._programs:
            text = self._schemas.schema(schema_id)
            if text is None:
                return None  # not kept: it may be registered later
            target = self._targets[topic]
            try:
                self._programs[key] = compiled(
                    json.loads(text), target.reader, target.model, target.columns, self._lead
                )
            except (NotCompiled, ValueError, KeyError, TypeError, RecursionError) as error:
                log.warning(
                    "landing.slow_schema", topic=topic, schema_id=schema_id, reason=str(error)
                )
                self._programs[key] = None
        return self._programs[key]


def _cut(values: Sequence[bytes | None], most: int) -> tuple[Numbers, Numbers, NDArray[np.uint8]]:
    """Per record its schema id (-1: not in the wire format), where its Avro lies, and the bytes."""
    whole = [value or b"" for value in values]
    data = np.frombuffer(b"".join([*whole, bytes(SLACK)]), np.uint8)
    sizes = np.fromiter(map(len, whole), np.int64, len(whole))
    ends = np.cumsum(sizes)
    begins = ends - sizes
    ids = np.full(len(whole), -1, np.int64)
    right = np.flatnonzero((sizes > HEADER_BYTES) & (sizes <= most))
    right = right[data[begins[right]] == 0]
    first = begins[right]
    ids[right] = sum(data[first + 1 + i].astype(np.int64) << (24 - 8 * i) for i in range(4))
    return ids, np.stack([begins + HEADER_BYTES, ends], axis=1), data


def _heads(program: Program, offset: Numbers, **others: Numbers | int) -> NDArray[np.uint8]:
    """What each row begins with, one after the other."""
    count, identity = len(offset), {"offset": offset, **others}
    room = np.zeros(count * HEAD.itemsize + SLACK, np.uint8)
    heads = room[: count * HEAD.itemsize].view(HEAD)
    heads["columns"] = len(IDENTITY) + len(program.columns)
    for name, size in IDENTITY:
        heads[f"{name}_size"] = size
        heads[name] = identity[name]
    return room


def _walk(
    program: Program,
    data: NDArray[np.uint8],
    spans: Numbers,
    heads: NDArray[np.uint8],
    recorded: Numbers,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    lead = program.lead or timedelta()
    size = int((spans[:, 1] - spans[:, 0]).sum()) + len(spans) * program.widest
    out = np.empty(size, np.uint8)
    refused = np.zeros(len(spans), np.bool_)
    written = transcode(
        data.ctypes.data, spans, recorded + round(lead.total_seconds() * 1e6),
        heads.ctypes.data, HEAD.itemsize, program.fields, program.classes.ctypes.data,
        program.words.ctypes.data, program.letters.ctypes.data, program.columns,
        program.column_widths, program.kind_field, program.needs, program.ordered,
        program.limited, program.same, out.ctypes.data, refused,
    )  # fmt: skip
    return out[:written], refused
