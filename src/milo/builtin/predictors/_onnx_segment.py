"""Clicks and boxes through an encoder and a decoder: SAM 1 and MobileSAM, SAM 2, EfficientSAM, told apart by their inputs'
names.

The encoder's answer for a picture is kept on disk under the hash of the picture's content, and the last one in memory, so
that a click costs the decoder alone. The decoder's small mask is enlarged here, only where the thing lies. Sources of the
signatures: the exporters of segment-anything, segment-anything-2 and EfficientSAM.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

from milo.builtin.predictors._onnx_adapter import Adapter
from milo.builtin.predictors._onnx_images import as_input, fitted, normalised, picture
from milo.builtin.predictors._onnx_session import Opened, opened
from milo.domain.errors import InvalidConfig
from milo.kinds.predictor import Gesture

MOST_CACHED = 4 << 30
"""Bytes of kept embeddings of one model; the oldest go first."""
_SIDE = 1024
_SAM_MEAN, _SAM_STD = [123.675 / 255, 116.28 / 255, 103.53 / 255], [58.395 / 255, 57.12 / 255, 57.375 / 255]
_IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
_last: dict[str, dict[str, Any]] = {}


class Logits(NamedTuple):
    """The decoder's mask, shape (h, w), positive on the thing; `across` and `down`: its pixels for one of the picture's."""

    mask: Any
    across: float
    down: float


def dialect_of(decoder: Opened) -> str:
    """ "sam1", "sam2" or "efficientsam". Raises InvalidConfig, listing the inputs."""
    names = set(decoder.inputs)
    if "batched_point_coords" in names:
        return "efficientsam"
    if "high_res_feats_0" in names:
        return "sam2"
    if {"image_embeddings", "point_coords", "point_labels"} <= names:
        return "sam1"
    raise InvalidConfig(f"The decoder is of no known kind; its inputs are {', '.join(sorted(names))}.")


class Sight(NamedTuple):
    """What the encoder is shown, a picture or a part of one: `read` gives it as a Pillow image, `key` tells it from others."""

    read: Callable[[], Any]
    key: str


def whole(path: str, key: str) -> Sight:
    """All of a picture. `key`: the hash of its content, where it is known."""
    return Sight(lambda: picture(path), key or hashlib.sha256(Path(path).read_bytes()).hexdigest())


def logits(adapter: Adapter, sight: Sight, gesture: Gesture, cache: str) -> tuple[Logits, tuple[int, int]]:
    """The surest mask that the gesture means, and the size (height, width) of what was shown; places are pixels of that."""
    decoder = opened(adapter.decoder)
    dialect = dialect_of(decoder)
    found = _embeddings(adapter, dialect, sight, cache)
    height, width = (int(n) for n in found["size"])
    known = {name: value for name, value in found.items() if name not in ("size", "fed")}
    fed = tuple(int(n) for n in found["fed"])
    return _DECODE[dialect](decoder, known, gesture, (height, width), fed), (height, width)


def _embeddings(adapter: Adapter, dialect: str, sight: Sight, cache: str) -> dict[str, Any]:
    """What the encoder says of the picture, with its `size` and the size that was `fed`: from memory, from disk, or anew."""
    import numpy as np

    stat = os.stat(adapter.encoder)
    model = hashlib.sha256(f"{adapter.encoder}|{stat.st_size}|{stat.st_mtime_ns}|{adapter}".encode()).hexdigest()[:24]
    name = f"{model}/{sight.key[:2]}/{sight.key}"
    if name in _last:
        return _last[name]
    file = Path(cache) / f"{name}.npz" if cache else None
    found: dict[str, Any] | None = None
    if file is not None and file.is_file():
        found = _read(file)
    if found is None:
        found = _encode(adapter, dialect, sight.read())
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_name(f".{file.name}.{os.getpid()}.part.npz")
            np.savez(part, **found)
            part.replace(file)
            _tidy(Path(cache) / model)
    _last.clear()
    _last[name] = found
    return found


def _read(file: Path) -> dict[str, Any] | None:
    """A kept answer; None for a file that is damaged, which is then made anew."""
    import numpy as np

    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, KeyError, BadZipFile):
        return None


def _tidy(folder: Path) -> None:
    """Remove the oldest answers of a model beyond what may be kept."""
    files = sorted((f.stat().st_mtime, f.stat().st_size, f) for f in folder.glob("*/*.npz") if not f.name.startswith("."))
    over = sum(size for _, size, _ in files) - MOST_CACHED
    for _, size, file in files:
        if over <= 0:
            return
        file.unlink(missing_ok=True)
        over -= size


def _encode(adapter: Adapter, dialect: str, image: Any) -> dict[str, Any]:
    import numpy as np

    encoder = opened(adapter.encoder)
    entry = next(iter(encoder.inputs.values()))
    pixels, fed = _fed(adapter, dialect, image, entry.shape)
    out = encoder.run(**{entry.name: pixels})
    if dialect != "sam2":
        out = {"image_embeddings": out.get("image_embeddings", next(iter(out.values())))}
    elif "image_embed" not in out:
        raise InvalidConfig(f"The encoder gives {', '.join(out)}; SAM 2 needs image_embed and two high_res_feats.")
    return {**out, "size": np.array([image.height, image.width]), "fed": np.array(fed)}


def _fed(adapter: Adapter, dialect: str, image: Any, shape: tuple[int | None, ...]) -> tuple[Any, tuple[int, int]]:
    """The encoder's input, and the height and width of the picture in it."""
    import numpy as np

    if dialect == "sam2":
        side = adapter.size or (_SIDE, _SIDE)
        mean, std = adapter.mean or _IMAGENET[0], adapter.std or _IMAGENET[1]
        return as_input(normalised(fitted(image, side, "stretch").pixels, mean, std, adapter.channels), shape), side
    long = max(adapter.size or (_SIDE, _SIDE))
    scale = long / max(image.height, image.width)
    inner = (max(1, round(image.height * scale)), max(1, round(image.width * scale)))
    small = fitted(image, inner, "stretch").pixels
    if dialect == "efficientsam":
        return as_input(normalised(small, adapter.mean, adapter.std, adapter.channels), shape), inner
    if len(shape) == 3:
        return small, inner
    mean, std = adapter.mean or _SAM_MEAN, adapter.std or _SAM_STD
    page = np.zeros((long, long, 3), np.float32)
    page[: inner[0], : inner[1]] = normalised(small, mean, std, adapter.channels)
    return as_input(page, shape), inner


def _prompt(gesture: Gesture, across: float, down: float) -> tuple[list[list[float]], list[float]]:
    """Points in the model's pixels, and their labels: 1 on the thing, 0 beside it, 2 and 3 the corners of a box."""
    points = [[x * across, y * down] for x, y, _ in gesture.clicks]
    labels = [float(on) for _, _, on in gesture.clicks]
    if gesture.box is not None:
        x, y, w, h = gesture.box
        points += [[x * across, y * down], [(x + w) * across, (y + h) * down]]
        labels += [2.0, 3.0]
    return points, labels


def _sam1(
    decoder: Opened, known: dict[str, Any], gesture: Gesture, size: tuple[int, int], fed: tuple[int, ...]
) -> Logits:  # fmt: skip
    import numpy as np

    points, labels = _prompt(gesture, fed[1] / size[1], fed[0] / size[0])
    if gesture.box is None:
        points, labels = [*points, [0.0, 0.0]], [*labels, -1.0]
    small = "low_res_masks" in decoder.outputs
    out = decoder.run(
        **known, point_coords=[points], point_labels=[labels], mask_input=np.zeros((1, 1, 256, 256)), has_mask_input=[0.0],
        orig_im_size=fed if small else size,
    )  # fmt: skip
    if not small:
        mask = _best(out["masks"], out)
        return Logits(mask, mask.shape[1] / size[1], mask.shape[0] / size[0])
    mask = _best(out["low_res_masks"], out)
    side = max(fed)
    return Logits(mask, fed[1] / side * mask.shape[1] / size[1], fed[0] / side * mask.shape[0] / size[0])


def _sam2(
    decoder: Opened, known: dict[str, Any], gesture: Gesture, size: tuple[int, int], fed: tuple[int, ...]
) -> Logits:  # fmt: skip
    import numpy as np

    points, labels = _prompt(gesture, fed[1] / size[1], fed[0] / size[0])
    side = next((s for s in decoder.inputs["mask_input"].shape[-2:] if s), 256) if "mask_input" in decoder.inputs else 256
    out = decoder.run(
        **known, point_coords=[points], point_labels=[labels], mask_input=np.zeros((1, 1, side, side)), has_mask_input=[0.0],
        orig_im_size=fed,
    )  # fmt: skip
    mask = _best(out["low_res_masks"] if "low_res_masks" in out else out["masks"], out)
    return Logits(mask, mask.shape[1] / size[1], mask.shape[0] / size[0])


def _efficientsam(
    decoder: Opened, known: dict[str, Any], gesture: Gesture, size: tuple[int, int], fed: tuple[int, ...]
) -> Logits:  # fmt: skip
    points, labels = _prompt(gesture, fed[1] / size[1], fed[0] / size[0])
    out = decoder.run(**known, batched_point_coords=[[points]], batched_point_labels=[[labels]], orig_im_size=fed)
    named = next((n for n in ("masks", "output_masks") if n in out), decoder.outputs[0])
    mask = _best(out[named], out)
    return Logits(mask, mask.shape[1] / size[1], mask.shape[0] / size[0])


_DECODE = {"sam1": _sam1, "sam2": _sam2, "efficientsam": _efficientsam}


def _best(masks: Any, out: dict[str, Any]) -> Any:
    """The mask that the decoder itself is surest of, of shape (h, w)."""
    import numpy as np

    flat = np.asarray(masks, np.float32)
    flat = flat.reshape(-1, *flat.shape[-2:])
    rated = next((np.asarray(v).reshape(-1) for k, v in out.items() if "iou" in k.lower()), None)
    return flat[int(rated.argmax()) if rated is not None and len(rated) == len(flat) else 0]


def enlarged(found: Logits, size: tuple[int, int]) -> tuple[int, int, Any] | None:
    """(left, top, bitmap) of the thing in the picture's pixels; None where the mask is empty."""
    import numpy as np
    from PIL import Image

    small = found.mask
    height, width = size
    limit = (min(small.shape[0], ceil(height * found.down)), min(small.shape[1], ceil(width * found.across)))
    rows, columns = np.nonzero(small[: limit[0], : limit[1]] > 0)
    if not len(rows):
        return None
    left, top = max(0, floor((columns.min() - 1) / found.across)), max(0, floor((rows.min() - 1) / found.down))
    right, bottom = min(width, ceil((columns.max() + 2) / found.across)), min(height, ceil((rows.max() + 2) / found.down))
    box = (
        left * found.across, top * found.down,
        min(float(small.shape[1]), right * found.across), min(float(small.shape[0]), bottom * found.down),
    )  # fmt: skip
    large = Image.fromarray(small).resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=box)
    on = np.asarray(large) > 0
    return (left, top, on) if on.any() else None
