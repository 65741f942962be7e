"""The compiled walk: Avro fields are checked and laid out as a row of PostgreSQL's binary COPY.

Everything here is numbers and addresses, so that numba can compile it; what the numbers mean is in
`program`. A record that is not accepted for whatever reason leaves no trace in the output and a 1
in `refused`: it is decided the slow way, so this walk may refuse too much, never too little.
Bytes are taken eight at a time where that helps ("SIMD within a register"; H. S. Warren, Hacker's
Delight, chapter 6). numba's cache looks at the time of this file alone, so all that is compiled
stays in it, but for `memory`.

Formats: Apache Avro 1.11, "Binary encoding"; PostgreSQL manual, COPY, "Binary Format".
"""

import numpy as np
from numba import njit

from streaming.transcode.memory import (
    as_double,
    load8,
    load32,
    load64,
    put32,
    put64,
    store8,
    store64,
    trailing_zeros,
)

TEXT, UUID, LONG, TIME, DATE, BYTES, BOOL, DOUBLE, UUIDS = range(9)
"""What a field is; the first column of `fields`."""

OP, NULLABLE, LEAST, MOST, CLASS, FIRST_WORD, WORDS = range(7)
"""The columns of `fields`."""

EPOCH_MICROSECONDS = 946_684_800_000_000
EPOCH_DAYS = 10_957
"""PostgreSQL counts from 2000-01-01, Avro from 1970-01-01."""

UUID_OID = 2950
u64 = np.uint64
"""Every number beside a word must be one: else numba makes floats of both."""

_ALL, _HIGH, _ONES = (u64(0x0101010101010101 * byte) for byte in (0xFF, 0x80, 0x01))


@njit
def _varint(at, end):
    """A zigzag number and the place after it; the place is -1 when there is none.

    Up to eight bytes are put together from groups of 7, then 14, then 28 bits.
    """
    word = load64(at)
    last = ~word & _HIGH
    if last == 0:
        return _long_varint(at, end)
    size = (trailing_zeros(last) >> 3) + 1
    if size > end - at:
        return np.int64(0), np.int64(-1)
    word &= _ALL >> u64(64 - 8 * size)
    word = (word & u64(0x007F007F007F007F)) | ((word & u64(0x7F007F007F007F00)) >> u64(1))
    word = (word & u64(0x00003FFF00003FFF)) | ((word & u64(0x3FFF00003FFF0000)) >> u64(2))
    word = (word & u64(0x000000000FFFFFFF)) | ((word & u64(0x0FFFFFFF00000000)) >> u64(4))
    return np.int64(word >> u64(1)) ^ -np.int64(word & u64(1)), at + size


@njit
def _long_varint(at, end):
    """The same, of any length."""
    value, shift = u64(0), u64(0)
    while at < end and shift < 64:
        byte = load8(at)
        at += 1
        value |= u64(byte & 0x7F) << shift
        if byte < 0x80:
            return np.int64(value >> u64(1)) ^ -np.int64(value & u64(1)), at
        shift += u64(7)
    return np.int64(0), np.int64(-1)


@njit
def _copy(at, size, to):
    """Bytes by eights; what is written beyond `size` is written over by what follows."""
    for i in range(0, size, 8):
        store64(to + i, load64(at + i))
    return to + size


@njit
def _put(to, value, size):
    """A big-endian number of `size` bytes."""
    if size == 8:
        put64(to, value)
    elif size == 4:
        put32(to, value)
    else:
        for i in range(size):
            store8(to + i, value >> (8 * (size - 1 - i)))
    return to + size


@njit
def _first(size):
    """The bits of the first `size` bytes of a word; all for eight and more."""
    return _ALL if size >= 8 else (u64(1) << u64(8 * size)) - u64(1)


@njit
def _same(one, other, size):
    """Whether two stretches of bytes are the same."""
    for i in range(0, size, 8):
        if (load64(one + i) ^ load64(other + i)) & _first(size - i):
            return False
    return True


@njit
def _hex(word):
    """Eight hexadecimal digits, lower case, as four bytes in their order; and whether they are.

    A byte's high bit tells, after an addition that cannot carry, whether it reaches a bound.
    """
    digit = (word + u64(0x5050505050505050)) & ~(word + u64(0x4646464646464646))
    letter = (word + u64(0x1F1F1F1F1F1F1F1F)) & ~(word + u64(0x1919191919191919))
    good = (word & _HIGH) == 0 and ((digit | letter) & _HIGH) == _HIGH
    half = (word & u64(0x0F0F0F0F0F0F0F0F)) + u64(9) * ((word >> u64(6)) & _ONES)
    pair = ((half << u64(4)) | (half >> u64(8))) & u64(0x00FF00FF00FF00FF)
    pair = (pair | (pair >> u64(8))) & u64(0x0000FFFF0000FFFF)
    return (pair | (pair >> u64(16))) & u64(0xFFFFFFFF), good


@njit
def _put_uuid(at, to):
    """The 16 bytes of a canonical UUID (36 characters, lower case); False when it is none."""
    dashes = load8(at + 8) == 45 and load8(at + 13) == 45
    dashes = dashes and load8(at + 18) == 45 and load8(at + 23) == 45
    a, a_good = _hex(load64(at))
    b, b_good = _hex(load32(at + 9) | (load32(at + 14) << u64(32)))
    c, c_good = _hex(load32(at + 19) | (load32(at + 24) << u64(32)))
    d, d_good = _hex(load64(at + 28))
    store64(to, a | (b << u64(32)))
    store64(to + 8, c | (d << u64(32)))
    return dashes and a_good and b_good and c_good and d_good


@njit
def _word(at, size, first, count, words, letters):
    """Which of the allowed words this is; -1 when it is none of them."""
    for word in range(count):
        entry = words + 16 * (first + word)
        place, long = np.int64(load64(entry)), np.int64(load64(entry + 8))
        if long == size and _same(at, letters + place, size):
            return word
    return -1


@njit
def _plain(at, size, classes, row):
    """Whether each character is ASCII and allowed; other text is decided the slow way.

    Without a class (-1) all are allowed but NUL, as PostgreSQL has it.
    """
    if row >= 0:
        for i in range(size):
            if not load8(classes + 256 * row + load8(at + i)):
                return False
        return True
    for i in range(0, size, 8):
        first = _first(size - i)
        word = (load64(at + i) & first) | (_ONES & ~first)
        if (word | (word - _ONES)) & _HIGH:
            return False
    return True


@njit
def _read_uuids(at, end):
    """(accepted, place after the array, how many)."""
    count = np.int64(0)
    while True:
        items, at = _varint(at, end)
        if at < 0 or items < 0:  # a block with its size in bytes: the slow way
            return False, at, count
        if items == 0:
            return True, at, count
        if items > (end - at) // 37:
            return False, at, count
        for _ in range(items):
            size, at = _varint(at, end)
            if at < 0 or size != 36 or size > end - at:
                return False, at, count
            at += 36
        count += items


@njit
def _put_uuids(at, count, to):
    """A uuid[]; false when one is not canonical. Blocks are walked as when they were read."""
    header = to
    to = _put(to + 4, 1 if count else 0, 4)
    to = _put(to, 0, 4)
    to = _put(to, UUID_OID, 4)
    if count:
        to = _put(to, count, 4)
        to = _put(to, 1, 4)
    while True:
        items, at = _varint(at, at + 10)
        if items == 0:
            break
        for _ in range(items):
            at += 1  # the size, 36, is one byte
            to = _put(to, 16, 4)
            if not _put_uuid(at, to):
                return False, to
            to += 16
            at += 36
    put32(header, to - header - 4)
    return True, to


@njit
def _read(at, end, op, least, most, row, first, count, classes, words, letters):
    """One field: (accepted, the place after it, its size, its place, its number)."""
    number = np.int64(0)
    if op == TEXT or op == UUID or op == BYTES:
        size, at = _varint(at, end)
        if at < 0 or size < 0 or size > end - at:
            return False, at, size, at, number
        if op == UUID:
            fits = size == 36
        elif count > 0:
            number = np.int64(_word(at, size, first, count, words, letters))
            fits = number >= 0
        elif op == BYTES:
            # The class of bytes is the first byte that they must have; -1 for any.
            fits = least <= size <= most and (row < 0 or (size > 0 and load8(at) == row))
        else:
            fits = least <= size <= most and _plain(at, size, classes, row)
        return fits, at + size, size, at, number
    if op == BOOL:
        number = np.int64(load8(at))
        return at < end and number <= 1, at + 1, np.int64(1), at, number
    if op == DOUBLE:
        fits = end - at >= 8 and least <= as_double(load64(at)) <= most  # false for NaN
        return fits, at + 8, np.int64(8), at, number
    if op == UUIDS:
        fits, after, size = _read_uuids(at, end)
        return fits, after, size, at, number
    number, after = _varint(at, end)
    return after >= 0 and least <= number <= most, after, np.int64(8), at, number


@njit(cache=True)
def transcode(
    data, spans, limits, heads, head, fields, classes, words, letters, columns, column_widths,
    kind_field, needs, ordered, limited, same, out, refused,
):  # fmt: skip
    """Walk all records; returns how many bytes of `out` are written.

    `data`, `heads`, `classes`, `words`, `letters` and `out` are addresses, all else are arrays.
    `spans[r]` is where record r begins and ends in `data`; `heads` has each row's first `head`
    bytes. `fields[f]` says what field f of the writer's schema must be; `columns[c]` which field
    column c takes (-1: null). `needs[k]` are the fields, as bits, that kind k must have. For each
    pair in `ordered` the second is after the first. Field `limited` is at most `limits[r]`. Of
    `same` (field, field, kind) the first says the second; an event of that kind goes the slow way.
    -1 for what is not asked.
    """
    count = fields.shape[0]
    places, sizes = np.zeros(count, np.int64), np.zeros(count, np.int64)
    numbers = np.zeros(count, np.int64)
    to = out
    for r in range(spans.shape[0]):
        at, end = data + spans[r, 0], data + spans[r, 1]
        good, present = True, u64(0)
        for f in range(count):
            sizes[f] = -1
            if fields[f, NULLABLE]:
                branch = load8(at)
                if at >= end or (branch != 0 and branch != 2):
                    good = False
                    break
                at += 1
                if branch == 0:
                    continue
            good, at, sizes[f], places[f], numbers[f] = _read(
                at, end, fields[f, OP], fields[f, LEAST], fields[f, MOST], fields[f, CLASS],
                fields[f, FIRST_WORD], fields[f, WORDS], classes, words, letters,
            )  # fmt: skip
            if not good:
                break
            present |= u64(1) << u64(f)
        good = good and at == end
        kind = numbers[kind_field]
        if good and kind_field >= 0:
            good = (needs[kind] & ~present) == 0
        if good and limited >= 0:
            good = numbers[limited] <= limits[r]
        if good:
            for p in range(ordered.shape[0]):
                a, b = ordered[p, 0], ordered[p, 1]
                if sizes[a] >= 0 and sizes[b] >= 0 and numbers[b] <= numbers[a]:
                    good = False
        if good and same[0] >= 0:
            a, b = same[0], same[1]
            good = kind != same[2] and sizes[a] == sizes[b]
            good = good and _same(places[a], places[b], sizes[a])
        begun = to
        if good:
            to = _copy(heads + head * r, head, to)
            for c in range(columns.shape[0]):
                f = columns[c]
                if f < 0 or sizes[f] < 0:
                    to = _put(to, -1, 4)
                    continue
                op, place, number = fields[f, OP], places[f], numbers[f]
                if op == TEXT or op == BYTES:
                    to = _put(to, sizes[f], 4)
                    to = _copy(place, sizes[f], to)
                elif op == UUID:
                    to = _put(to, 16, 4)
                    good = _put_uuid(place, to)
                    to += 16
                elif op == DOUBLE:
                    to = _put(to, 8, 4)
                    put64(to, np.int64(load64(place)))
                    to += 8
                elif op == UUIDS:
                    good, to = _put_uuids(place, sizes[f], to)
                else:
                    if op == TIME:
                        number -= EPOCH_MICROSECONDS
                    elif op == DATE:
                        number -= EPOCH_DAYS
                    to = _put(to, column_widths[c], 4)
                    to = _put(to, number, column_widths[c])
                if not good:
                    break
        if not good:
            refused[r] = 1
            to = begun
    return to - out
