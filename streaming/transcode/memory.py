"""Words of bytes at any address, for what numba compiles: its arrays know single bytes alone.

Arrays that are handed from function to function are counted at each step, which took half of the
walk's time; an address is a number. Nothing here looks at bounds: whoever reads or writes by words
of eight bytes keeps SLACK behind the last byte that counts, and the array itself. numba's cache of
`kernel` does not notice a change here: touch both.
"""

from typing import Any

from llvmlite import ir
from numba import extending, types

intrinsic: Any = extending.intrinsic  # its types tell of what is compiled, not of what is called

SLACK = 8
"""Bytes of room behind the end of what is read or written by words."""


def _pointer(builder: Any, address: Any, bits: int) -> Any:
    return builder.inttoptr(address, ir.IntType(bits).as_pointer())


@intrinsic
def load8(typing: Any, address: Any) -> Any:
    """The byte there."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, arguments[0], 8))

    return types.uint8(types.int64), code


@intrinsic
def load32(typing: Any, address: Any) -> Any:
    """Four bytes, the first one lowest."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.load(_pointer(builder, arguments[0], 32), align=1)
        return builder.zext(word, ir.IntType(64))

    return types.uint64(types.int64), code


@intrinsic
def load64(typing: Any, address: Any) -> Any:
    """Eight bytes, the first one lowest."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(builder, arguments[0], 64), align=1)

    return types.uint64(types.int64), code


@intrinsic
def store8(typing: Any, address: Any, value: Any) -> Any:
    """One byte."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = builder.trunc(arguments[1], ir.IntType(8))
        builder.store(byte, _pointer(builder, arguments[0], 8))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def store64(typing: Any, address: Any, value: Any) -> Any:
    """Eight bytes, as `load64` reads them."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], _pointer(builder, arguments[0], 64), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.uint64), code


@intrinsic
def put32(typing: Any, address: Any, value: Any) -> Any:
    """A number in four bytes, the highest first."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.bswap(builder.trunc(arguments[1], ir.IntType(32)))
        builder.store(word, _pointer(builder, arguments[0], 32), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def put64(typing: Any, address: Any, value: Any) -> Any:
    """A number in eight bytes, the highest first."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.bswap(arguments[1])
        builder.store(word, _pointer(builder, arguments[0], 64), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def trailing_zeros(typing: Any, word: Any) -> Any:
    """How many of the lowest bits are zero; 64 for zero."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), code


@intrinsic
def as_double(typing: Any, word: Any) -> Any:
    """The IEEE 754 number with these bits."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), code
