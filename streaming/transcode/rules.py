"""What a pydantic field demands, as numbers that the kernel can check.

The models stay the one source of truth: a demand that is not understood here makes the field, and
with it the topic, go the slow way. Nothing is checked less strictly than the model does.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from domain.events.demands import Sealed, Utc, WithinYears
from streaming.transcode import kernel
from streaming.transcode.errors import NotCompiled

UNBOUNDED = 2**62
_EPOCH, _FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1)
_OPS: dict[Any, int] = {
    str: kernel.TEXT, UUID: kernel.UUID, int: kernel.LONG, datetime: kernel.TIME,
    date: kernel.DATE, bytes: kernel.BYTES, bool: kernel.BOOL, float: kernel.DOUBLE,
    tuple[UUID, ...]: kernel.UUIDS,
}  # fmt: skip
_NUMBERS = (kernel.LONG, kernel.DOUBLE)
_PATTERN = re.compile(
    r"\^(?P<set>\[(?:[^\]\\]|\\x[0-9a-f]{2})+\])(?P<times>\*|\{\d+(?:,\d+)?\})?\$"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: what it is, its bounds (length, number, or microseconds), and what it may hold.

    `allowed` are the characters of a text (None: any ASCII but NUL), `words` all that it may say,
    `first` the byte with which bytes begin.
    """

    op: int
    least: int = -UNBOUNDED
    most: int = UNBOUNDED
    allowed: frozenset[int] | None = None
    words: tuple[str, ...] = ()
    first: int = -1


def rule_of(field: FieldInfo) -> Rule:
    """Raises NotCompiled for a type or a demand that is not understood."""
    kind, found = _opened(field.annotation, list(field.metadata))
    demands = [one.func if isinstance(one, AfterValidator) else one for one in found]
    if get_origin(kind) is Literal:
        return Rule(kernel.TEXT, words=get_args(kind))
    if kind not in _OPS:
        raise NotCompiled(f"type {kind}")
    rule = Rule(_OPS[kind])
    if rule.op in (kernel.TEXT, kernel.BYTES):
        rule = replace(rule, least=0)
    if rule.op == kernel.TIME and Utc not in map(type, demands):
        raise NotCompiled("a time whose zone is not asked for")
    for demand in demands:
        rule = _demanded(rule, demand)
    return rule


def _opened(annotation: Any, demands: list[Any]) -> tuple[Any, list[Any]]:
    """The type inside Optional and Annotated, and all demands on the way."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        for one in more:
            demands += one.metadata if isinstance(one, FieldInfo) else [one]
        return _opened(inner, demands)
    if origin in (Union, UnionType):
        inside = [one for one in get_args(annotation) if one is not NoneType]
        if len(inside) == 1:
            return _opened(inside[0], demands)
    return annotation, demands


def _demanded(rule: Rule, demand: Any) -> Rule:
    """The rule with one more demand in it."""
    match demand:
        case Utc():
            return rule
        case WithinYears(first, last) if rule.op == kernel.TIME:
            begin = datetime(first, 1, 1, tzinfo=UTC) - _EPOCH
            end = datetime(last + 1, 1, 1, tzinfo=UTC) - _EPOCH
            return _bound(rule, _microseconds(begin), _microseconds(end) - 1)
        case WithinYears(first, last) if rule.op == kernel.DATE:
            begin_days = (date(first, 1, 1) - _FIRST_DAY).days
            return _bound(rule, begin_days, (date(last + 1, 1, 1) - _FIRST_DAY).days - 1)
        case Sealed(prefix, least) if rule.op == kernel.BYTES and len(prefix) == 1:
            return replace(_bound(rule, least, UNBOUNDED), first=prefix[0])
        case Ge(ge=int() | float() as bound) if rule.op in _NUMBERS and int(bound) == bound:
            return _bound(rule, int(bound), UNBOUNDED)
        case Le(le=int() | float() as bound) if rule.op in _NUMBERS and int(bound) == bound:
            return _bound(rule, -UNBOUNDED, int(bound))
        case MinLen(min_length=length) if rule.op in (kernel.TEXT, kernel.BYTES):
            return _bound(rule, length, UNBOUNDED)
        case MaxLen(max_length=length) if rule.op in (kernel.TEXT, kernel.BYTES):
            return _bound(rule, 0, length)
    pattern = getattr(demand, "pattern", None)
    if isinstance(pattern, str) and rule.op == kernel.TEXT:
        return _patterned(rule, pattern)
    raise NotCompiled(f"demand {demand!r}")


def _patterned(rule: Rule, pattern: str) -> Rule:
    """Patterns of one set of characters and how many of them."""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        raise NotCompiled(f"pattern {pattern}")
    one = re.compile(found["set"])
    allowed = frozenset(code for code in range(1, 128) if one.fullmatch(chr(code)))
    times = found["times"] or "{1}"
    if times != "*":
        numbers = [int(number) for number in times.strip("{}").split(",")]
        rule = _bound(rule, numbers[0], numbers[-1])
    return replace(rule, allowed=allowed if rule.allowed is None else rule.allowed & allowed)


def _bound(rule: Rule, least: int, most: int) -> Rule:
    return replace(rule, least=max(rule.least, least), most=min(rule.most, most))


def _microseconds(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000
