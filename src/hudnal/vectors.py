"""Eight numbers at once, as one value of compiled code: what one instruction of a processor works on.

A `Vector` of single or double precision adds, subtracts, multiplies and divides lane by lane. The lanes know nothing of
each other, so that what a lane holds never depends, to the last bit, on what the others do: nothing is reordered or
joined, so that code rounds alike however it is compiled. LLVM cuts vectors for processors with shorter ones.
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
_REALS = {
    real: ir.VectorType(one, LANES)
    for real, one in ((types.float32, ir.FloatType()), (types.float64, ir.DoubleType()))
}
_FLAGS = ()


class _VectorType(types.Type):
    def __init__(self, real: Any) -> None:
        super().__init__(f"Vector({real})")
        self.real = real


_VECTORS = {real: _VectorType(real) for real in _REALS}


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _REALS[fe_type.real])


def _make_binary(instruction: str) -> Any:
    @intrinsic
    def apply(typing_context: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(*args, flags=_FLAGS)

        return a(a, b), generate

    return apply


_add, _subtract, _multiply, _divide = map(_make_binary, ("fadd", "fsub", "fmul", "fdiv"))


def _are_vectors(*values: Any) -> bool:
    return all(isinstance(value, _VectorType) and value == values[0] for value in values)


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
        kind = _REALS[a.real]
        name = f"llvm.fabs.v{LANES}f{a.real.bitwidth}"
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name)
        return builder.call(function, args)

    return a(a), generate


@overload(abs)
def _overload_abs(a):
    return (lambda a: _absolute(a)) if _are_vectors(a) else None


@intrinsic
def at_least(typing_context: Any, a: Any, floor: Any) -> Any:
    """The larger of `a` and `floor` in each lane; not a number where `a` is none."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[1], args[0])

    return a(a, floor), generate


@overload(max)
def _overload_max(a, b):
    return (lambda a, b: at_least(a, b)) if _are_vectors(a, b) else None


@intrinsic
def choose(typing_context: Any, mask: Any, a: Any, b: Any) -> Any:
    """`a` in the lanes where `mask` is above 0, and `b` elsewhere."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(_REALS[mask.real], [0.0] * LANES)
        return builder.select(builder.fcmp_ordered(">", args[0], zero), args[1], args[2])

    return a(mask, a, b), generate


@intrinsic
def spread(typing_context: Any, value: Any) -> Any:
    """The number `value` in all lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = ir.VectorType(ir.IntType(32), LANES)
        none = ir.Constant(_REALS[value], ir.Undefined)
        one = builder.insert_element(none, args[0], ir.IntType(32)(0))
        return builder.shuffle_vector(one, none, ir.Constant(lanes, [0] * LANES))

    return _VECTORS[value](value), generate


def _point_at(context: Any, builder: Any, array_type: Any, array: Any, where: list) -> Any:
    """Pointer to the lanes that lie in `array`'s last axis, or, if `where` says it, begin somewhere on it."""
    found = make_array(array_type)(context, builder, array)
    rest = [context.get_constant(types.intp, 0)] * (array_type.ndim - len(where))
    place = cgutils.get_item_pointer(context, builder, array_type, found, [*where, *rest])
    return builder.bitcast(place, _REALS[array_type.dtype].as_pointer())


def _align_of(real: Any) -> int:
    return real.bitwidth // 8


def _unpack(builder: Any, where: Any, count: int) -> list:
    return [builder.extract_value(where, i) for i in range(count)]


@intrinsic
def take(typing_context: Any, array: Any, where: Any) -> Any:
    """The vector at the place `where` (a tuple) of an array whose last axis are the lanes.

    Where the tuple has a number for each axis, the eight numbers that begin there, on an even last axis.
    """
    count = len(where)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _point_at(context, builder, array, args[0], _unpack(builder, args[1], count))
        return builder.load(place, align=_align_of(array.dtype))

    return _VECTORS[array.dtype](array, types.UniTuple(types.intp, count)), generate


@intrinsic
def put(typing_context: Any, array: Any, where: Any, value: Any) -> Any:
    """Leave the vector `value` at the place `where` (a tuple) of an array, as `take` finds it."""
    count = len(where)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _point_at(context, builder, array, args[0], _unpack(builder, args[1], count))
        builder.store(args[2], place, align=_align_of(array.dtype))

    return types.void(array, types.UniTuple(types.intp, count), value), generate


@intrinsic
def take_all(typing_context: Any, array: Any, count: Any) -> Any:
    """The first `count` (a constant) vectors of an array (row, lane), as a tuple."""
    if not isinstance(count, types.IntegerLiteral):
        raise RequireLiteralValue("count")
    many = types.UniTuple(_VECTORS[array.dtype], count.literal_value)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = (context.get_constant(types.intp, i) for i in range(many.count))
        places = (_point_at(context, builder, array, args[0], [row]) for row in rows)
        loaded = [builder.load(place, align=_align_of(array.dtype)) for place in places]
        return context.make_tuple(builder, many, loaded)

    return many(array, count), generate


@intrinsic
def put_all(typing_context: Any, array: Any, values: Any) -> Any:
    """Leave a tuple of vectors in the first rows of an array (row, lane)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for i, value in enumerate(_unpack(builder, args[1], len(values))):
            row = context.get_constant(types.intp, i)
            builder.store(
                value, _point_at(context, builder, array, args[0], [row]), align=_align_of(array.dtype)
            )

    return types.void(array, values), generate


def _point_at_rows(context: Any, builder: Any, array_type: Any, array: Any, where: Any) -> list:
    """Pointers to what begins at the place `where` and at the same of the next seven rows."""
    *axes, row, column = _unpack(builder, where, array_type.ndim)
    rows = (builder.add(row, context.get_constant(types.intp, i)) for i in range(LANES))
    return [_point_at(context, builder, array_type, array, [*axes, each, column]) for each in rows]


@intrinsic
def take_rows(typing_context: Any, array: Any, where: Any) -> Any:
    """Eight vectors, as a tuple: what begins at a place of an array, and what at the same of the next seven rows."""
    many = types.UniTuple(_VECTORS[array.dtype], LANES)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        places = _point_at_rows(context, builder, array, *args)
        loaded = [builder.load(place, align=_align_of(array.dtype)) for place in places]
        return context.make_tuple(builder, many, loaded)

    return many(array, types.UniTuple(types.intp, array.ndim)), generate


@intrinsic
def put_rows(typing_context: Any, array: Any, where: Any, values: Any) -> Any:
    """Leave eight vectors where `take_rows` finds them."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        places = _point_at_rows(context, builder, array, *args[:2])
        for place, value in zip(places, _unpack(builder, args[2], LANES), strict=True):
            builder.store(value, place, align=_align_of(array.dtype))

    return types.void(array, types.UniTuple(types.intp, array.ndim), values), generate


@intrinsic
def transpose(typing_context: Any, rows: Any) -> Any:
    """Eight vectors whose lanes are the eight of `rows`, as a tuple: the first holds the first lane of each."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vectors = _unpack(builder, args[0], LANES)
        for apart in (4, 2, 1):
            # Blocks of `apart` lanes change places between vectors that lie as far from each other.
            low = [lane if not lane & apart else lane - apart + LANES for lane in range(LANES)]
            high = [lane + apart if not lane & apart else lane + LANES for lane in range(LANES)]
            shuffled = list(vectors)
            for i in range(LANES):
                if not i & apart:
                    a, b = vectors[i], vectors[i + apart]
                    shuffled[i], shuffled[i + apart] = (_shuffle(builder, a, b, by) for by in (low, high))
            vectors = shuffled
        return context.make_tuple(builder, rows, vectors)

    return rows(rows), generate


def _shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), LANES), lanes))


class _TileType(types.Type):
    def __init__(self, real: Any) -> None:
        super().__init__(f"Tile({real})")
        self.real = real


@register_model(_TileType)
class _TileModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        members = [("place", types.CPointer(fe_type.real)), ("apart", types.intp)]
        super().__init__(dmm, fe_type, members)


def _make_tile(context: Any, builder: Any, kind: Any, place: Any, apart: Any) -> Any:
    found = cgutils.create_struct_proxy(kind)(context, builder)
    found.place = builder.bitcast(place, context.get_value_type(types.CPointer(kind.real)))
    found.apart = apart
    return found._getvalue()


@intrinsic
def view_tile(typing_context: Any, array: Any, at: Any) -> Any:
    """The rows of lanes at `at` of an array (place, row, lane): tile[row, anything] is a vector.

    The array has to outlive it.
    """
    kind = _TileType(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = context.get_constant(types.intp, 0)
        place = _point_at(context, builder, array, args[0], [args[1], zero])
        return _make_tile(context, builder, kind, place, context.get_constant(types.intp, LANES))

    return kind(array, types.intp), generate


@intrinsic
def view_fields(typing_context: Any, array: Any, where: Any) -> Any:
    """What begins at `where` (a tuple) in each of the fields of an even array (field, ...): a tile of its fields.

    tile[field, anything] are the eight numbers from there on. The array has to outlive it.
    """
    kind, count = _TileType(array.dtype), len(where)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = context.get_constant(types.intp, 0)
        place = _point_at(context, builder, array, args[0], [zero, *_unpack(builder, args[1], count)])
        bytes_apart = cgutils.unpack_tuple(builder, make_array(array)(context, builder, args[0]).strides)[0]
        size = context.get_constant(types.intp, array.dtype.bitwidth // 8)
        return _make_tile(context, builder, kind, place, builder.sdiv(bytes_apart, size, flags=("exact",)))

    return kind(array, types.UniTuple(types.intp, count)), generate


@intrinsic
def _take_of_tile(typing_context: Any, of: Any, row: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        found = cgutils.create_struct_proxy(of)(context, builder, value=args[0])
        place = builder.gep(found.place, [builder.mul(found.apart, args[1])])
        return builder.load(builder.bitcast(place, _REALS[of.real].as_pointer()), align=_align_of(of.real))

    return _VECTORS[of.real](of, types.intp), generate


@overload(operator.getitem)
def _overload_getitem(of, where):
    return (lambda of, where: _take_of_tile(of, where[0])) if isinstance(of, _TileType) else None
