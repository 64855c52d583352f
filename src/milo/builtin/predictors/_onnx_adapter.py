"""What an ONNX file cannot say of itself: a small JSON file beside it, the adapter, and the rules for doing without one.

Pure but for reading that file. An adapter is `model.json` beside `model.onnx`, or `adapter.json` in a folder of several files.
Everything in it may be left out: names and shapes of inputs and outputs, and what exporters write into the file, tell most of
it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from milo.domain.errors import InvalidConfig

Task = Literal["", "classify", "detect", "segment"]


class Adapter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How pictures go in and how what comes out is read.

    `task`; `file`, or `encoder` and `decoder`: paths beside the adapter. `size`: height and width that the model wants. A
    value v, 0..255, goes in as (v / 255 - mean) / std, in the order `channels`. `fit`: "pad" keeps proportions and fills with
    `fill` ("middle" or "corner"), "stretch" does not keep them, "crop" cuts the middle out. `labels`: what the outputs stand
    for, in order. `scores`: "logits" (one of them is right), "sigmoid" (each for itself), "probabilities". `rows`: how
    detections are written, "yolov8", "yolov5" or "boxes" (x1, y1, x2, y2, score, class). Detections of at least `min_score`
    count; of two of one label that overlap by more than `overlap`, the surer one.
    """

    task: Task = ""
    file: str = ""
    encoder: str = ""
    decoder: str = ""
    size: tuple[int, int] | None = None
    mean: list[float] | None = None
    std: list[float] | None = None
    channels: Literal["rgb", "bgr"] = "rgb"
    fit: Literal["", "pad", "stretch", "crop"] = ""
    place: Literal["middle", "corner"] = "middle"
    fill: int = 114
    labels: list[str] = []
    scores: Literal["", "logits", "sigmoid", "probabilities"] = ""
    rows: Literal["", "yolov8", "yolov5", "boxes"] = ""
    min_score: float = 0.25
    overlap: float = 0.5


def read_adapter(place: str) -> Adapter:
    """The adapter of an ONNX file, a folder of two (encoder and decoder), or an adapter file; its paths are absolute.

    Raises InvalidConfig in words for who named the place.
    """
    path = Path(place)
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise InvalidConfig(f"There is no file or folder {path} on the server's disk.", place="path")
    if path.suffix == ".json":
        return _complete(_parse(path), path.parent)
    if path.suffix != ".onnx":
        raise InvalidConfig(f"{path.name} is no ONNX file: its name must end in .onnx.", place="path")
    beside = path.with_suffix(".json")
    found = _parse(beside) if beside.is_file() else Adapter()
    return _complete(msgspec.structs.replace(found, file=path.name, encoder="", decoder=""), path.parent)


def _of_folder(folder: Path) -> Adapter:
    known = folder / "adapter.json"
    found = _parse(known) if known.is_file() else Adapter()
    if found.file or (found.encoder and found.decoder):
        return _complete(found, folder)
    files = sorted(folder.glob("*.onnx"))
    parts = {kind: [f.name for f in files if kind in f.stem.lower()] for kind in ("encoder", "decoder")}
    if len(parts["encoder"]) == len(parts["decoder"]) == 1:
        pair = {kind: names[0] for kind, names in parts.items()}
        return _complete(msgspec.structs.replace(found, **pair), folder)
    if len(files) == 1:
        return _complete(msgspec.structs.replace(found, file=files[0].name), folder)
    raise InvalidConfig(
        f"{folder} holds {len(files)} ONNX files. Write an adapter.json that names the file, or the encoder and the decoder.",
        place="path",
    )


def _parse(path: Path) -> Adapter:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Adapter)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidConfig(f"{path} is no adapter: {error}.", place="path") from None


def _complete(adapter: Adapter, folder: Path) -> Adapter:
    """With absolute paths, checked."""
    if bool(adapter.encoder) != bool(adapter.decoder) or bool(adapter.file) == bool(adapter.encoder):
        raise InvalidConfig("An adapter names either a file, or an encoder and a decoder.", place="path")
    for name in ("mean", "std"):
        values = getattr(adapter, name)
        if values is not None and (len(values) not in (1, 3) or (name == "std" and 0 in values)):
            raise InvalidConfig(
                f"The adapter's {name} is {values}; it needs three numbers, for red, green and blue.", place="path"
            )
    if adapter.size is not None and not all(1 <= n <= 8192 for n in adapter.size):
        raise InvalidConfig(f"The adapter's size is {adapter.size}; sides lie between 1 and 8192 pixels.", place="path")
    paths: dict[str, str] = {}
    for name in ("file", "encoder", "decoder"):
        if given := getattr(adapter, name):
            file = (folder / given).resolve()
            if not file.is_file() or not file.is_relative_to(folder.resolve()):
                raise InvalidConfig(f'The adapter\'s {name} is "{given}", which is no file in {folder}.', place="path")
            paths[name] = str(file)
    task = "segment" if adapter.encoder else adapter.task
    return msgspec.structs.replace(adapter, task=task, **paths)
