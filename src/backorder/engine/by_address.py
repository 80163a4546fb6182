"""A named tuple of arrays that kernels hand on by its address.

numba hands on a named tuple by value: every array of it is seven words, pushed at each call. A desk of twenty arrays makes
that dearer than most steps are. With `@by_address` a kernel gets one word, and reads from there only what it uses. Fields
cannot be set, compiled or not, and are arrays and flags. No kernel may give back a part of one of these arrays: only the tuple
keeps them alive.
"""

from __future__ import annotations

from typing import Any, TypeVar

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate
from numba.core.typing.typeof import typeof
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

Class = TypeVar("Class", bound=type[Any])


class ByAddress(types.Type):
    """The type of such a tuple: its class by name, and the type of each field."""

    def __init__(self, owner: str, fields: tuple[tuple[str, types.Type], ...]) -> None:
        self.fields = dict(fields)
        super().__init__(name=f"{owner}({', '.join(f'{name}: {kind}' for name, kind in fields)})")


def by_address(owner: Class) -> Class:
    """Let kernels take this class of named tuples by address."""

    def find_type(value: Any, _context: Any) -> ByAddress:
        fields: tuple[str, ...] = value._fields
        return ByAddress(owner.__name__, tuple((name, typeof(getattr(value, name))) for name in fields))

    typeof_impl.register(owner)(find_type)
    return owner


register_model(ByAddress)(models.OpaqueModel)


@infer_getattr
class FieldType(AttributeTemplate):
    """Tells the compiler the type of each field."""

    key = ByAddress

    def generic_resolve(self, owner: ByAddress, name: str) -> types.Type | None:
        """Name the type of a field."""
        return owner.fields.get(name)


def point_at(context: Any, builder: Any, owner: ByAddress, address: Any) -> Any:
    """See the address as that of all the fields, side by side."""
    fields = [context.get_value_type(kind) for kind in owner.fields.values()]
    return builder.bitcast(address, ir.LiteralStructType(fields).as_pointer())


@lower_getattr_generic(ByAddress)
def read_field(context: Any, builder: Any, owner: ByAddress, address: Any, name: str) -> Any:
    """Read one field."""
    at = list(owner.fields).index(name)
    field = cgutils.gep_inbounds(builder, point_at(context, builder, owner, address), 0, at)
    return impl_ret_borrowed(context, builder, owner.fields[name], read_parts(builder, field))


def read_parts(builder: Any, pointer: Any) -> Any:
    """Read a value part by part, and tell the compiler that nobody writes there while a kernel runs.

    What `lay_out` wrote stands before the call: numba never draws a kernel into the wrapper that Python calls.
    """
    shape = pointer.type.pointee
    if not isinstance(shape, ir.Aggregate):
        value = builder.load(pointer)
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value
    value = ir.Constant(shape, ir.Undefined)
    for at in range(len(shape)):
        part = read_parts(builder, cgutils.gep_inbounds(builder, pointer, 0, at))
        value = builder.insert_value(value, part, at)
    return value


def without_owner(context: Any, builder: Any, kind: types.Type, value: Any) -> Any:
    """See an array as one that nobody counts the uses of: the caller's tuple keeps it alive."""
    if not isinstance(kind, types.Array):
        return value
    array = context.make_array(kind)(context, builder, value=value)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    return array._getvalue()  # noqa: SLF001 - numba names it so, for extensions too


@unbox(ByAddress)
def lay_out(owner: ByAddress, value: Any, c: Any) -> NativeValue:
    """Put the fields side by side on the stack of the outermost kernel, which outlives all that it calls."""
    fields = [c.context.get_value_type(kind) for kind in owner.fields.values()]
    room = cgutils.alloca_once(c.builder, ir.LiteralStructType(fields))
    natives = []
    for at, (name, kind) in enumerate(owner.fields.items()):
        given = c.pyapi.object_getattr_string(value, name)
        native = c.unbox(kind, given)
        field = cgutils.gep_inbounds(c.builder, room, 0, at)
        c.builder.store(without_owner(c.context, c.builder, kind, native.value), field)
        c.pyapi.decref(given)  # the tuple keeps it
        natives.append((kind, native))

    def clean_up() -> None:
        for kind, native in natives:
            if native.cleanup:
                native.cleanup()
            if c.context.enable_nrt:
                c.context.nrt.decref(c.builder, kind, native.value)

    return NativeValue(
        c.builder.bitcast(room, c.context.get_value_type(owner)),
        cleanup=clean_up,
        is_error=c.pyapi.c_api_error(),
    )
