"""A writer's schema and a table, compiled into the arrays that the kernel walks by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.events import Event
from streaming.transcode import kernel
from streaming.transcode.errors import NotCompiled
from streaming.transcode.memory import SLACK
from streaming.transcode.rules import Rule, rule_of

Numbers = NDArray[np.int64]
CONSISTENCY = set(Event.__pydantic_decorators__.model_validators)
"""The validators that read `needs`, `ordered` and `keyed_by`; a model with others goes slowly."""


@dataclass(frozen=True, slots=True)
class Program:
    """The arrays that `kernel.transcode` takes after `head`; see there for what each means."""

    fields: Numbers
    classes: NDArray[np.bool_]
    words: Numbers
    letters: NDArray[np.uint8]
    columns: Numbers
    column_widths: Numbers
    kind_field: int
    needs: NDArray[np.uint64]
    ordered: Numbers
    limited: int
    same: Numbers
    lead: timedelta | None
    widest: int
    """Bytes that a row may have beyond those of its record."""


def compiled(
    writer: Mapping[str, Any],
    reader: Mapping[str, Any],
    model: type[Event],
    columns: Sequence[tuple[str, int]],
    lead: timedelta | None,
) -> Program:
    """`columns` are (name, bytes of a number) of the facts, in the order of COPY.

    `lead` bounds how far `occurred_at` may lie after the record's own time. Raises NotCompiled
    when the writer's schema has a field that the model lacks or writes otherwise, or the model
    demands what the kernel cannot check.
    """
    if (writer["type"], writer["name"]) != (reader["type"], reader["name"]):
        raise NotCompiled("the writer writes another record than we read")
    names = [field["name"] for field in writer["fields"]]
    rules = [_rule(field, reader, model) for field in writer["fields"]]
    for name, field in model.model_fields.items():
        if name not in names and field.default is not None:
            raise NotCompiled(f"the writer leaves {name} out, whose default is not null")
    others = set(model.__pydantic_decorators__.model_validators) - CONSISTENCY
    if others or model.__pydantic_decorators__.field_validators:
        raise NotCompiled(f"{model.__name__} has validators of its own")
    place = {name: number for number, name in enumerate(names)}
    classes = sorted({tuple(sorted(rule.allowed)) for rule in rules if rule.allowed is not None})
    words = [word.encode() for rule in rules for word in rule.words]
    kinds = rules[place["kind"]].words
    keyed = model.keyed_by
    return Program(
        fields=_fields(writer, rules, classes),
        classes=_classes(classes),
        words=_words(words),
        letters=np.frombuffer(b"".join(words) + bytes(SLACK), np.uint8),
        columns=np.array([place.get(name, -1) for name, _ in columns], np.int64),
        column_widths=np.array([width for _, width in columns], np.int64),
        kind_field=place["kind"] if kinds else -1,
        needs=_needs(model, kinds, place),
        ordered=_pairs((place[a], place[b]) for a, b in model.ordered if a in place and b in place),
        limited=place["occurred_at"] if lead is not None else -1,
        same=np.array(
            [-1, -1, -1] if keyed is None
            else [place["key"], place[keyed], kinds.index("clock") if "clock" in kinds else -1],
            np.int64,
        ),
        lead=lead,
        widest=32 * (len(columns) + 16),
    )  # fmt: skip


def _rule(field: Mapping[str, Any], reader: Mapping[str, Any], model: type[Event]) -> Rule:
    name = field["name"]
    own = next((one for one in reader["fields"] if one["name"] == name), None)
    if own is None or own["type"] != field["type"]:
        raise NotCompiled(f"field {name} is written otherwise than we read it")
    return rule_of(model.model_fields[name])


def _fields(
    writer: Mapping[str, Any], rules: Sequence[Rule], classes: Sequence[tuple[int, ...]]
) -> Numbers:
    found, word = [], 0
    for field, rule in zip(writer["fields"], rules, strict=True):
        if rule.op == kernel.BYTES:
            kind = rule.first
        else:
            kind = -1 if rule.allowed is None else classes.index(tuple(sorted(rule.allowed)))
        nullable = isinstance(field["type"], list)
        if nullable and field["type"][0] != "null":
            raise NotCompiled(f"field {field['name']}: null is not the first of its types")
        found.append([rule.op, nullable, rule.least, rule.most, kind, word, len(rule.words)])
        word += len(rule.words)
    return np.array(found, np.int64)


def _classes(classes: Sequence[tuple[int, ...]]) -> NDArray[np.bool_]:
    table = np.zeros((len(classes), 256), np.bool_)
    for row, allowed in enumerate(classes):
        table[row, list(allowed)] = True
    return table


def _words(words: Sequence[bytes]) -> Numbers:
    sizes = [len(word) for word in words]
    begins = accumulate([0, *sizes[:-1]]) if words else ()
    return np.array(list(zip(begins, sizes, strict=True)), np.int64).reshape(-1, 2)


def _needs(
    model: type[Event], kinds: Sequence[str], place: Mapping[str, int]
) -> NDArray[np.uint64]:
    """Per kind the fields it must have, as bits; one that the writer leaves out can never be."""
    if len(place) > 63:
        raise NotCompiled("more than 63 fields")
    missing = 1 << 63
    bits = [
        sum(1 << place[name] if name in place else missing for name in model.needs.get(kind, ()))
        for kind in kinds
    ]
    return np.array(bits or [0], np.uint64)


def _pairs(pairs: Any) -> Numbers:
    return np.array(list(pairs), np.int64).reshape(-1, 2)
