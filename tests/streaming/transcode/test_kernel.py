"""What the walk reads by words of eight bytes is what it would read byte by byte."""

import io
import re

import fastavro
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.transcode import kernel
from streaming.transcode.memory import SLACK

UUID = b"0f8fad5b-d9cb-469f-a165-70867728950e"
CANONICAL = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
compiling = settings(deadline=None)  # the first call of each function does
LONGS = st.integers(-(2**63), 2**63 - 1)


class Memory:
    """Bytes with room behind them, filled with what must not be looked at."""

    def __init__(self, held: bytes, behind: int = 0xFF) -> None:
        self.array = np.frombuffer(held + bytes([behind]) * SLACK, np.uint8).copy()
        self.begin = int(self.array.ctypes.data)
        self.end = self.begin + len(held)

    def __bytes__(self) -> bytes:
        return self.array[: self.end - self.begin].tobytes()


def long(number: int) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, "long", number)
    return buffer.getvalue()


@compiling
@given(LONGS | st.integers(-300, 300) | st.integers(-(2**57), 2**57), st.sampled_from((0, 0xFF)))
def test_a_number_is_read_as_avro_writes_it(number: int, behind: int) -> None:
    held = Memory(long(number), behind)
    assert kernel._varint(held.begin, held.end) == (number, held.end)


@compiling
@given(LONGS, st.sampled_from((0, 0x7F, 0xFF)))
def test_a_number_that_is_cut_off_is_none(number: int, behind: int) -> None:
    whole = long(number)
    for size in range(len(whole)):
        held = Memory(whole[:size], behind)
        assert kernel._varint(held.begin, held.end)[1] == -1


def test_a_number_without_an_end_is_none() -> None:
    held = Memory(b"\xff" * 20)
    assert kernel._varint(held.begin, held.end)[1] == -1


@pytest.mark.parametrize("place", range(36))
def test_a_uuid_is_canonical_or_none(place: int) -> None:
    for byte in range(256):
        text = UUID[:place] + bytes([byte]) + UUID[place + 1 :]
        held, out = Memory(text), Memory(bytes(16))
        good = kernel._put_uuid(held.begin, out.begin)
        assert good == (CANONICAL.fullmatch(text) is not None), text
        if good:
            assert bytes(out).hex() == text.replace(b"-", b"").decode()


@compiling
@given(st.binary(min_size=0, max_size=40), st.sampled_from((0, 0x41, 0xFF)))
def test_plain_text_is_ascii_without_nul(text: bytes, behind: int) -> None:
    held = Memory(text, behind)
    assert kernel._plain(held.begin, len(text), 0, -1) == all(1 <= byte < 128 for byte in text)


@compiling
@given(st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=40), st.data())
def test_one_wrong_character_is_enough(text: str, drawn: st.DataObject) -> None:
    place = drawn.draw(st.integers(0, len(text)))
    wrong = drawn.draw(st.sampled_from(b"\0\x80\xff"))
    spoilt = text.encode()[:place] + bytes([wrong]) + text.encode()[place:]
    assert not kernel._plain(Memory(spoilt).begin, len(spoilt), 0, -1)


@compiling
@given(st.binary(max_size=30), st.binary(max_size=30))
def test_the_same_is_the_same_byte_for_byte(one: bytes, other: bytes) -> None:
    size = min(len(one), len(other))
    a, b, again = Memory(one), Memory(other, 0), Memory(one, 0)
    assert kernel._same(a.begin, b.begin, size) == (one[:size] == other[:size])
    assert kernel._same(a.begin, again.begin, len(one))
    for place in range(len(one)):
        changed = one[:place] + bytes([one[place] ^ 0x10]) + one[place + 1 :]
        assert not kernel._same(a.begin, Memory(changed).begin, len(one))
