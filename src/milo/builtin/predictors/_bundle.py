"""A fitted model as bytes: named arrays and plain data in MessagePack. Never pickle, so that opening a workspace that
someone else made cannot run their code."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.domain.errors import InvalidConfig

_KINDS = "fiub"


def pack(kind: str, meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """One model of the given kind. Equal input gives equal bytes."""
    stored = {n: [a.dtype.str, list(a.shape), np.ascontiguousarray(a).tobytes()] for n, a in arrays.items()}
    return msgspec.msgpack.encode({"kind": kind, "meta": meta, "arrays": stored})


def unpack(kind: str, model: bytes | None) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The meta data and the arrays. Raises InvalidConfig if these bytes are no such model."""
    try:
        stored = msgspec.msgpack.decode(model or b"", type=dict[str, Any])
        if stored["kind"] != kind:
            raise InvalidConfig(f'This model is of the kind "{stored["kind"]}", not "{kind}". Train it again.')
        return stored["meta"], {n: _array(*parts) for n, parts in stored["arrays"].items()}
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidConfig(f"The stored {kind} model cannot be read ({error}). Train it again.") from error


def _array(dtype: str, shape: list[int], raw: bytes) -> NDArray[Any]:
    kind = np.dtype(dtype)
    if kind.kind not in _KINDS:
        raise ValueError(f"array type {dtype}")
    return np.frombuffer(raw, dtype=kind).reshape(shape)
