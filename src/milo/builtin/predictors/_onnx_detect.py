"""Reading detections and classes: YOLO rows (v5, v8 and end-to-end) become boxes, one of two that overlap is kept; outputs
become probabilities. Pure; arrays in, arrays out."""

from __future__ import annotations

from typing import Any, NamedTuple

from milo.domain.errors import InvalidConfig

MOST = 300
_BEFORE = 3_000


class Found(NamedTuple):
    """Boxes as x1, y1, x2, y2 in the model's pixels, shape (n, 4); scores and numbers of classes, shape (n,)."""

    boxes: Any
    scores: Any
    classes: Any


def read_rows(out: Any, kind: str, n_labels: int, min_score: float) -> Found:
    """The detections of one picture that are sure enough. `out` has shape (1, rows, columns) or (1, columns, rows)."""
    import numpy as np

    table = np.asarray(out, np.float32)
    if table.ndim == 3 and table.shape[0] == 1:
        table = table[0]
    if table.ndim != 2:
        raise InvalidConfig(f"The model's output has the shape {tuple(np.shape(out))}; detections have (1, rows, columns).")
    kind = kind or _kind_of(table.shape, n_labels)
    if kind == "boxes":
        keep = table[:, 4] >= min_score
        return Found(table[keep, :4], table[keep, 4], table[keep, 5].astype(np.int64))
    if table.shape[0] < table.shape[1]:
        table = table.T
    classes = table[:, 5:] * table[:, 4:5] if kind == "yolov5" else table[:, 4:]
    if n_labels:
        classes = classes[:, :n_labels]
    best = classes.argmax(axis=1)
    scores = classes[np.arange(len(classes)), best]
    keep = np.flatnonzero(scores >= min_score)
    keep = keep[np.argsort(-scores[keep], kind="stable")][:_BEFORE]
    middle, half = table[keep, :2], table[keep, 2:4] / 2
    return Found(np.concatenate([middle - half, middle + half], axis=1), scores[keep], best[keep])


def _kind_of(shape: tuple[int, int], n_labels: int) -> str:
    short = min(shape)
    if shape[1] == 6 and shape[0] <= 1_000 and n_labels != 2:
        return "boxes"
    return "yolov5" if n_labels and short == n_labels + 5 else "yolov8"


def keep_best(found: Found, overlap: float) -> Found:
    """Of boxes of one class that overlap by more than `overlap` (intersection over union) the surest, at most `MOST` in all."""
    import numpy as np

    order = np.argsort(-found.scores, kind="stable")
    boxes = found.boxes[order].astype(np.float64)
    span = float(boxes.max(initial=0.0) - boxes.min(initial=0.0)) + 1.0
    apart = boxes + (found.classes[order] * span)[:, None]
    area = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    kept: list[int] = []
    alive = np.arange(len(order))
    while len(alive) and len(kept) < MOST:
        one, alive = int(alive[0]), alive[1:]
        kept.append(one)
        low, high = np.maximum(apart[one, :2], apart[alive, :2]), np.minimum(apart[one, 2:], apart[alive, 2:])
        common = np.prod(np.clip(high - low, 0, None), axis=1)
        union = area[one] + area[alive] - common
        alive = alive[common <= overlap * np.maximum(union, 1e-9)]
    chosen = order[kept]
    return Found(found.boxes[chosen], found.scores[chosen], found.classes[chosen])


def probabilities(out: Any, kind: str) -> Any:
    """One output row as probabilities, shape (classes,): as it is, by softmax, or each for itself by the sigmoid."""
    import numpy as np

    row = np.asarray(out, np.float64).reshape(-1)
    if not np.isfinite(row).all():
        raise InvalidConfig("The model's output holds numbers that are not finite.")
    if not kind:
        sums_to_one = bool((row >= 0).all() and (row <= 1).all() and abs(row.sum() - 1) < 1e-3)
        kind = "probabilities" if sums_to_one else "logits"
    if kind == "probabilities":
        return np.clip(row, 0.0, 1.0)
    if kind == "sigmoid":
        return 1 / (1 + np.exp(-np.clip(row, -60, 60)))
    odds = np.exp(row - row.max())
    return odds / odds.sum()
