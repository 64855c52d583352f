"""ONNX files opened once and kept, with what they say of themselves. Needs the extra "onnx"; only ever in a child process."""

from __future__ import annotations

import ast
import os
from functools import lru_cache
from typing import Any, NamedTuple, cast

from milo.domain.errors import InvalidConfig, MissingExtra

_THREADS = 4
_TYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(double)": "float64", "tensor(int64)": "int64",
          "tensor(int32)": "int32", "tensor(bool)": "bool", "tensor(uint8)": "uint8"}  # fmt: skip


class Input(NamedTuple):
    """A named input: its shape (None where it is free) and the NumPy type it wants."""

    name: str
    shape: tuple[int | None, ...]
    type: str


class Opened:
    """One file, ready to run: `inputs` by name, `outputs`, and the exporter's own notes as `notes`."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.inputs = {i.name: _input(i) for i in session.get_inputs()}
        self.outputs: list[str] = [o.name for o in session.get_outputs()]
        self.shapes = {o.name: tuple(n if isinstance(n, int) else None for n in o.shape) for o in session.get_outputs()}
        self.notes: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)

    def run(self, **given: Any) -> dict[str, Any]:
        """All outputs by name; what the file does not take is left out, types are made to fit."""
        import numpy as np

        feed = {name: np.asarray(value, self.inputs[name].type) for name, value in given.items() if name in self.inputs}
        missing = sorted(set(self.inputs) - set(feed))
        if missing:
            raise InvalidConfig(f"The model wants inputs that Milo does not know: {', '.join(missing)}.")
        return dict(zip(self.outputs, self._session.run(None, feed), strict=True))


def _input(given: Any) -> Input:
    shape = tuple(n if isinstance(n, int) else None for n in given.shape)
    return Input(given.name, shape, _TYPES.get(given.type, "float32"))


def opened(path: str) -> Opened:
    """A file, from memory if it was opened before and has not changed. Raises InvalidConfig for what is none."""
    try:
        return _opened(path, os.stat(path).st_mtime_ns)
    except OSError as error:
        raise InvalidConfig(f"The model's file cannot be read: {error.strerror or error}: {path}.") from None


@lru_cache(maxsize=4)
def _opened(path: str, _changed: int) -> Opened:
    try:
        import onnxruntime
    except ImportError:
        raise MissingExtra("Models in ONNX files", "onnx") from None
    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_THREADS, os.cpu_count() or 1)
    options.log_severity_level = 3
    try:
        return Opened(onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]))
    except Exception as error:  # noqa: BLE001 - the library raises many kinds for a file that it cannot take
        raise InvalidConfig(f"ONNX Runtime does not take {os.path.basename(path)}: {str(error)[:300]}") from None


def noted_labels(model: Opened) -> list[str]:
    """The labels that the exporter wrote into the file: "names" as Ultralytics has it, a dictionary or list."""
    try:
        found = ast.literal_eval(model.notes.get("names", ""))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    if isinstance(found, dict):
        by_number = cast("dict[Any, Any]", found)
        return [str(by_number[k]) for k in sorted(by_number)] if all(isinstance(k, int) for k in by_number) else []
    return [str(one) for one in cast("list[Any]", found)] if isinstance(found, list) else []
