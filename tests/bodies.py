"""Bodies made from a route's declared type: the smallest that it takes, or one with every part."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

_PLAIN: dict[type, Any] = {
    inspect.StrType: "x", inspect.IntType: 1, inspect.FloatType: 1.0, inspect.BoolType: True, inspect.AnyType: None,
    inspect.NoneType: None, inspect.DictType: {}, inspect.ListType: [], inspect.CollectionType: [], inspect.VarTupleType: [],
    inspect.RawType: None,
}  # fmt: skip


def minimal_body(kind: Any) -> Any:
    """A value that `msgspec.convert` accepts for `kind`; None where the route takes no body."""
    return _checked(kind, whole=False)


def whole_body(kind: Any) -> Any:
    """The same with every part given, those that may be left out too."""
    return _checked(kind, whole=True)


def _checked(kind: Any, *, whole: bool) -> Any:
    if kind is None:
        return None
    value = _value(inspect.type_info(kind), whole)
    msgspec.convert(value, kind)
    return value


def _value(info: inspect.Type, whole: bool) -> Any:
    if isinstance(info, inspect.StructType):
        fields = {f.encode_name: _value(f.type, whole) for f in info.fields if f.required or whole}
        return fields if info.tag_field is None else {info.tag_field: info.tag, **fields}
    if isinstance(info, inspect.LiteralType):
        return info.values[0]
    if isinstance(info, inspect.UnionType):
        return None if any(isinstance(t, inspect.NoneType) for t in info.types) else _value(info.types[0], whole)
    if isinstance(info, inspect.TupleType):
        return [_value(t, whole) for t in info.item_types]
    return _PLAIN[type(info)]
