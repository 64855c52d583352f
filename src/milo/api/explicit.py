"""Twins of domain structs that write out every value.

Domain structs leave defaults out, which keeps files and rows short. Clients should not have to know the defaults, so what goes
to them is the same structs with every field present. The twins are derived, so that no field is declared twice.
"""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

_twins: dict[type, Any] = {}


def explicit(kind: type[msgspec.Struct], name: str) -> Any:
    """The twin of a struct, and of the structs in it; convert with `msgspec.convert(value, twin, from_attributes=True)`."""
    if kind not in _twins:
        hints = get_type_hints(kind)
        fields = [(f.name, _twin_of(hints[f.name])) for f in msgspec.structs.fields(kind)]
        _twins[kind] = msgspec.defstruct(name, fields, module=__name__)
        _twins[kind].__doc__ = kind.__doc__
    return _twins[kind]


def _twin_of(hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return explicit(hint, hint.__name__)
    origin, args = get_origin(hint), get_args(hint)
    if not args or origin is None or not _holds_struct(args):
        return hint
    parts = tuple(a if a is Ellipsis else _twin_of(a) for a in args)
    if origin in (Union, types.UnionType):
        return Union[parts]  # noqa: UP007 - the members are only known at run time
    return origin[parts]


def _holds_struct(args: tuple[Any, ...]) -> bool:
    return any((isinstance(a, type) and issubclass(a, msgspec.Struct)) or _holds_struct(get_args(a)) for a in args)
