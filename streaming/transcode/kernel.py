"""The compiled walk: Avro fields are checked and laid out as a row of PostgreSQL's binary COPY.

Everything here is numbers and arrays, so that numba can compile it; what the numbers mean is in
`program`. A record that is not accepted for whatever reason leaves no trace in the output and a 1
in `refused`: it is decided the slow way, so this walk may refuse too much, never too little.
numba's cache looks at the time of this file alone, so all that is compiled stays in it.

Formats: Apache Avro 1.11, "Binary encoding"; PostgreSQL manual, COPY, "Binary Format".
"""

import numpy as np
from numba import njit

TEXT, UUID, LONG, TIME, DATE, BYTES, BOOL, DOUBLE, UUIDS = range(9)
"""What a field is; the first column of `fields`."""

OP, NULLABLE, LEAST, MOST, CLASS, FIRST_WORD, WORDS = range(7)
"""The columns of `fields`."""

EPOCH_MICROSECONDS = 946_684_800_000_000
EPOCH_DAYS = 10_957
"""PostgreSQL counts from 2000-01-01, Avro from 1970-01-01."""

UUID_OID = 2950
_ONE = np.uint64(1)


@njit(inline="always")
def _varint(data, at, end):
    """A zigzag number and the place after it; the place is -1 when there is none."""
    value, shift = np.uint64(0), np.uint64(0)
    while at < end and shift < 64:
        byte = data[at]
        at += 1
        value |= np.uint64(byte & 0x7F) << shift
        if byte < 0x80:
            return np.int64(value >> _ONE) ^ -np.int64(value & _ONE), at
        shift += np.uint64(7)
    return np.int64(0), np.int64(-1)


@njit(inline="always")
def _put(out, at, value, size):
    """A big-endian number of `size` bytes."""
    for i in range(size):
        out[at + i] = (value >> (8 * (size - 1 - i))) & 0xFF
    return at + size


@njit(inline="always")
def _nibble(character):
    if 48 <= character <= 57:
        return np.int64(character) - 48
    if 97 <= character <= 102:
        return np.int64(character) - 87
    return np.int64(-1)


@njit
def _put_uuid(data, at, out, to):
    """The 16 bytes of a canonical UUID (36 characters, lower case); False when it is none."""
    for i in range(16):
        if i == 4 or i == 6 or i == 8 or i == 10:
            if data[at] != 45:
                return False
            at += 1
        high, low = _nibble(data[at]), _nibble(data[at + 1])
        if high < 0 or low < 0:
            return False
        out[to + i] = high * 16 + low
        at += 2
    return True


@njit
def _word(data, at, size, first, count, words, letters):
    """Which of the allowed words this is; -1 when it is none of them."""
    for word in range(first, first + count):
        if words[word, 1] == size:
            same = True
            for i in range(size):
                if letters[words[word, 0] + i] != data[at + i]:
                    same = False
                    break
            if same:
                return word - first
    return -1


@njit
def _plain(data, at, size, classes, row):
    """Whether each character is ASCII and allowed; other text is decided the slow way."""
    for i in range(at, at + size):
        if data[i] >= 128 or not classes[row, data[i]]:
            return False
    return True


@njit
def _read(data, at, end, fields, f, classes, words, letters, place, number, double, bits):
    """Field f: (accepted, place after it, its size), with its place or number left in arrays.

    Whole arrays and an index, since a view of a row costs as much as the reading.
    """
    op, least, most = fields[f, OP], fields[f, LEAST], fields[f, MOST]
    if op == TEXT or op == UUID or op == BYTES:
        size, at = _varint(data, at, end)
        if at < 0 or size < 0 or size > end - at:
            return False, at, size
        place[f] = at
        if op == UUID:
            return size == 36, at + size, size
        if op == BYTES:
            # The class of bytes is the first byte that they must have; -1 for any.
            first = fields[f, CLASS]
            fits = least <= size <= most and (first < 0 or (size > 0 and data[at] == first))
            return fits, at + size, size
        if fields[f, WORDS] > 0:
            first, count = fields[f, FIRST_WORD], fields[f, WORDS]
            number[f] = _word(data, at, size, first, count, words, letters)
            return number[f] >= 0, at + size, size
        fits = least <= size <= most and _plain(data, at, size, classes, fields[f, CLASS])
        return fits, at + size, size
    if op == BOOL:
        if at >= end or data[at] > 1:
            return False, at, 1
        number[f] = data[at]
        return True, at + 1, 1
    if op == DOUBLE:
        if end - at < 8:
            return False, at, 8
        place[f] = at
        bits[0] = 0
        for i in range(8):
            bits[0] |= np.uint64(data[at + i]) << np.uint64(8 * i)
        return least <= double[0] <= most, at + 8, 8  # false for NaN
    if op == UUIDS:
        place[f] = at
        count = np.int64(0)
        while True:
            items, at = _varint(data, at, end)
            if at < 0 or items < 0:  # a block with its size in bytes: the slow way
                return False, at, count
            if items == 0:
                return True, at, count
            if items > (end - at) // 37:
                return False, at, count
            for _ in range(items):
                size, at = _varint(data, at, end)
                if at < 0 or size != 36 or size > end - at:
                    return False, at, count
                at += 36
            count += items
    value, at = _varint(data, at, end)
    number[f] = value
    return at >= 0 and least <= value <= most, at, 8


@njit
def _put_uuids(data, at, count, out, o):
    """A uuid[]; false when one is not canonical. Blocks are walked as when they were read."""
    header = o
    o += 4
    o = _put(out, o, 1 if count else 0, 4)
    o = _put(out, o, 0, 4)
    o = _put(out, o, UUID_OID, 4)
    if count:
        o = _put(out, o, count, 4)
        o = _put(out, o, 1, 4)
    while True:
        items, at = _varint(data, at, data.shape[0])
        if items == 0:
            break
        for _ in range(items):
            at += 1  # the size, 36, is one byte
            o = _put(out, o, 16, 4)
            if not _put_uuid(data, at, out, o):
                return False, o
            o += 16
            at += 36
    _put(out, header, o - header - 4, 4)
    return True, o


@njit(cache=True)
def transcode(
    data, spans, limits, identity, widths, fields, classes, words, letters, columns, column_widths,
    kind_field, needs, ordered, limited, same, out, refused,
):  # fmt: skip
    """Walk all records; returns how many bytes of `out` are written.

    `spans[r]` is where record r begins and ends in `data`; `identity[r]` are the numbers of its
    leading columns, `widths` their sizes in bytes. `fields[f]` says what field f of the writer's
    schema must be; `columns[c]` which field column c takes (-1: null). `needs[k]` are the fields,
    as bits, that kind k must have. For each pair in `ordered` the second is after the first. Field
    `limited` is at most `limits[r]`. Of `same` (field, field, kind) the first says the second;
    an event of that kind goes the slow way. -1 for what is not asked.
    """
    count = fields.shape[0]
    places, sizes = np.zeros(count, np.int64), np.zeros(count, np.int64)
    numbers = np.zeros(count, np.int64)
    bits = np.zeros(1, np.uint64)
    double = bits.view(np.float64)
    o = 0
    for r in range(spans.shape[0]):
        at, end = spans[r, 0], spans[r, 1]
        good, present = True, np.uint64(0)
        for f in range(count):
            sizes[f] = -1
            if fields[f, NULLABLE]:
                if at >= end or (data[at] != 0 and data[at] != 2):
                    good = False
                    break
                at += 1
                if data[at - 1] == 0:
                    continue
            good, at, sizes[f] = _read(
                data, at, end, fields, f, classes, words, letters, places, numbers, double, bits,
            )  # fmt: skip
            if not good:
                break
            present |= _ONE << np.uint64(f)
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
            if good:
                for i in range(sizes[a]):
                    if data[places[a] + i] != data[places[b] + i]:
                        good = False
                        break
        begun = o
        if good:
            o = _put(out, o, widths.shape[0] + columns.shape[0], 2)
            for c in range(widths.shape[0]):
                o = _put(out, o, widths[c], 4)
                o = _put(out, o, identity[r, c], widths[c])
            for c in range(columns.shape[0]):
                f = columns[c]
                if f < 0 or sizes[f] < 0:
                    o = _put(out, o, -1, 4)
                    continue
                op, place, number = fields[f, OP], places[f], numbers[f]
                if op == TEXT or op == BYTES:
                    o = _put(out, o, sizes[f], 4)
                    for i in range(sizes[f]):
                        out[o + i] = data[place + i]
                    o += sizes[f]
                elif op == UUID:
                    o = _put(out, o, 16, 4)
                    good = _put_uuid(data, place, out, o)
                    o += 16
                elif op == DOUBLE:
                    o = _put(out, o, 8, 4)
                    for i in range(8):
                        out[o + i] = data[place + 7 - i]
                    o += 8
                elif op == UUIDS:
                    good, o = _put_uuids(data, place, sizes[f], out, o)
                else:
                    if op == TIME:
                        number -= EPOCH_MICROSECONDS
                    elif op == DATE:
                        number -= EPOCH_DAYS
                    o = _put(out, o, column_widths[c], 4)
                    o = _put(out, o, number, column_widths[c])
                if not good:
                    break
        if not good:
            refused[r] = 1
            o = begun
    return o
