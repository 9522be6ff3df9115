"""Eight numbers at once, as one value of compiled code: what one instruction of a processor works on.

A `Vector` adds, subtracts, multiplies and divides lane by lane. The lanes know nothing of each other, so that what a
lane holds never depends, to the last bit, on what the others do. LLVM cuts vectors for processors with shorter ones.
Loops over eight lanes would be left to its cost model, which leaves them scalar as often as not. Beside `compiled` this
is the only module that knows Numba's insides.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import RequireLiteralValue
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import models, overload, register_model
from numba.np.arrayobj import make_array

intrinsic: Any = numba_intrinsic  # what it decorates loses its first argument, which no type tells
LANES = 8
_REAL = ir.VectorType(ir.DoubleType(), LANES)
_FLAGS = ()


class _VectorType(types.Type):
    def __init__(self) -> None:
        super().__init__("Vector")


vector = _VectorType()


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _REAL)


def _make_binary(instruction: str) -> Any:
    @intrinsic
    def apply(typing_context: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(*args, flags=_FLAGS)

        return vector(a, b), generate

    return apply


_add, _subtract, _multiply, _divide = map(_make_binary, ("fadd", "fsub", "fmul", "fdiv"))


def _are_vectors(*values: Any) -> bool:
    return all(isinstance(value, _VectorType) for value in values)


@overload(operator.add)
def _overload_add(a, b):
    return (lambda a, b: _add(a, b)) if _are_vectors(a, b) else None


@overload(operator.sub)
def _overload_sub(a, b):
    return (lambda a, b: _subtract(a, b)) if _are_vectors(a, b) else None


@overload(operator.mul)
def _overload_mul(a, b):
    return (lambda a, b: _multiply(a, b)) if _are_vectors(a, b) else None


@overload(operator.truediv)
def _overload_divide(a, b):
    return (lambda a, b: _divide(a, b)) if _are_vectors(a, b) else None


@intrinsic
def _absolute(typing_context: Any, a: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_REAL, [_REAL])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fabs.v{LANES}f64")
        return builder.call(function, args)

    return vector(a), generate


@overload(abs)
def _overload_abs(a):
    return (lambda a: _absolute(a)) if _are_vectors(a) else None


@intrinsic
def at_least(typing_context: Any, a: Any, floor: Any) -> Any:
    """The larger of `a` and `floor` in each lane; not a number where `a` is none."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[1], args[0])

    return vector(a, floor), generate


@overload(max)
def _overload_max(a, b):
    return (lambda a, b: at_least(a, b)) if _are_vectors(a, b) else None


@intrinsic
def choose(typing_context: Any, mask: Any, a: Any, b: Any) -> Any:
    """`a` in the lanes where `mask` is above 0, and `b` elsewhere."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(_REAL, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered(">", args[0], zero), args[1], args[2])

    return vector(mask, a, b), generate


@intrinsic
def spread(typing_context: Any, value: Any) -> Any:
    """The number `value` in all lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = ir.VectorType(ir.IntType(32), LANES)
        one = builder.insert_element(ir.Constant(_REAL, ir.Undefined), args[0], ir.IntType(32)(0))
        return builder.shuffle_vector(one, ir.Constant(_REAL, ir.Undefined), ir.Constant(lanes, [0] * LANES))

    return vector(types.float64), generate


def _point_at(context: Any, builder: Any, array_type: Any, array: Any, where: list) -> Any:
    """Pointer to the lanes that lie in `array`'s last axis."""
    found = make_array(array_type)(context, builder, array)
    zero = context.get_constant(types.intp, 0)
    place = cgutils.get_item_pointer(context, builder, array_type, found, [*where, zero])
    return builder.bitcast(place, _REAL.as_pointer())


def _unpack(builder: Any, where: Any, count: int) -> list:
    return [builder.extract_value(where, i) for i in range(count)]


@intrinsic
def take(typing_context: Any, array: Any, where: Any) -> Any:
    """The vector at the place `where` (a tuple) of an array whose last axis are the lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _point_at(context, builder, array, args[0], _unpack(builder, args[1], array.ndim - 1))
        return builder.load(place, align=8)

    return vector(array, types.UniTuple(types.intp, array.ndim - 1)), generate


@intrinsic
def put(typing_context: Any, array: Any, where: Any, value: Any) -> Any:
    """Leave the vector `value` at the place `where` (a tuple) of an array whose last axis are the lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _point_at(context, builder, array, args[0], _unpack(builder, args[1], array.ndim - 1))
        builder.store(args[2], place, align=8)

    return types.void(array, types.UniTuple(types.intp, array.ndim - 1), value), generate


@intrinsic
def take_all(typing_context: Any, array: Any, count: Any) -> Any:
    """The first `count` (a constant) vectors of an array (row, lane), as a tuple."""
    if not isinstance(count, types.IntegerLiteral):
        raise RequireLiteralValue("count")
    many = types.UniTuple(vector, count.literal_value)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = (context.get_constant(types.intp, i) for i in range(many.count))
        places = (_point_at(context, builder, array, args[0], [row]) for row in rows)
        return context.make_tuple(builder, many, [builder.load(place, align=8) for place in places])

    return many(array, count), generate


@intrinsic
def put_all(typing_context: Any, array: Any, values: Any) -> Any:
    """Leave a tuple of vectors in the first rows of an array (row, lane)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for i, value in enumerate(_unpack(builder, args[1], len(values))):
            row = context.get_constant(types.intp, i)
            builder.store(value, _point_at(context, builder, array, args[0], [row]), align=8)

    return types.void(array, values), generate


class _TileType(types.Type):
    def __init__(self) -> None:
        super().__init__("Tile")


tile = _TileType()


@register_model(_TileType)
class _TileModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _REAL.as_pointer())


@intrinsic
def view_tile(typing_context: Any, array: Any, at: Any) -> Any:
    """The rows of lanes at `at` of an array (place, row, lane): tile[row, anything] is a vector.

    The array has to outlive it.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = context.get_constant(types.intp, 0)
        return _point_at(context, builder, array, args[0], [args[1], zero])

    return tile(array, types.intp), generate


@intrinsic
def _take_of_tile(typing_context: Any, of: Any, row: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(builder.gep(args[0], [args[1]]), align=8)

    return vector(of, types.intp), generate


@overload(operator.getitem)
def _overload_getitem(of, where):
    return (lambda of, where: _take_of_tile(of, where[0])) if isinstance(of, _TileType) else None


@intrinsic
def write_column(typing_context: Any, into: Any, at: Any, values: Any) -> Any:
    """into[i, at] <- values[i] for each of a tuple's values, one after the other.

    A loop over a tuple becomes a switch, which no vector goes through.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = signature.args[0]
        array = make_array(kind)(context, builder, args[0])
        for i in range(len(signature.args[2])):
            place = [context.get_constant(types.intp, i), args[1]]
            pointer = cgutils.get_item_pointer(context, builder, kind, array, place)
            builder.store(builder.extract_value(args[2], i), pointer)
        return context.get_dummy_value()

    return types.void(into, types.intp, values), generate
