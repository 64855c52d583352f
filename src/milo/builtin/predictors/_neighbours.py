"""Nearest neighbours by cosine, with votes that were calibrated on the examples themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.builtin.predictors._image_features import stacked
from milo.builtin.predictors._text_features import TextFeatures
from milo.stats.calibration import fit_logistic, sigmoid

Floats = NDArray[np.float64]
_ROWS = 256
_COLUMNS = 200_000
_MANY, _COMMON = 500, 0.1
"""With more than 500 texts, n-grams found in a tenth of them or more tell little and cost most of the time."""


def text_table(texts: Sequence[str]) -> tuple[Any, dict[str, Any]]:
    """The features of the example texts (CSR), and the arrays that rebuild the features later."""
    features = TextFeatures.fit(texts, _COLUMNS, _COMMON if len(texts) > _MANY else 1.0)
    arrays = {"columns": features.columns.astype("<u4"), "idf": features.idf.astype("<f4")}
    return features.transform(texts), arrays


def text_features(arrays: dict[str, Any]) -> TextFeatures:
    """The features as stored by `text_table`."""
    return TextFeatures(arrays["columns"], arrays["idf"])


def image_table(paths: list[str | None]) -> tuple[Any, list[int]]:
    """The features of the images that can be read, and which they are."""
    return stacked(paths)


class Memory(NamedTuple):
    """The examples. `table`: features with rows of length 1 (CSR or array), shape (n, d); `targets`: 0/1, shape
    (n, classes); `k`: how many vote; `trust`: slope and offset from the log odds of a vote to those of its being right."""

    table: Any
    targets: Floats
    weight: Floats
    k: int
    multi: bool
    trust: tuple[float, float] = (1.0, 0.0)

    def judge(self, table: Any, own: Any = None) -> tuple[Floats, Floats, Any]:
        """For each row the votes by class (shape (m, classes)), the score (m,) and the nearest example (-1: none alike).

        `own`: for each row the example that must not vote, being the item itself.
        """
        m = table.shape[0]
        votes, nearest = np.zeros((m, self.targets.shape[1])), np.full(m, -1)
        for first in range(0, m, _ROWS):
            part = slice(first, min(m, first + _ROWS))
            alike = table[part] @ self.table.T
            alike = alike.toarray() if hasattr(alike, "toarray") else np.array(alike)
            if own is not None:
                alike[np.arange(len(alike)), own[part]] = -1.0
            votes[part], nearest[part] = self._vote(alike)
        slope, offset = self.trust
        return votes, sigmoid(slope * _vote_logit(votes, self.multi) + offset), nearest

    def _vote(self, alike: Floats) -> tuple[Floats, Any]:
        k = min(self.k, alike.shape[1])
        top = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        voice = np.maximum(np.take_along_axis(alike, top, axis=1), 0.0) ** 2 * self.weight[top]
        first = np.take_along_axis(top, voice.argmax(axis=1)[:, None], axis=1)[:, 0]
        total = voice.sum(axis=1)
        votes = (voice[:, :, None] * self.targets[top]).sum(axis=1) / np.maximum(total, 1e-12)[:, None]
        return votes, np.where(total > 1e-9, first, -1)

    def stored(self, meta: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Meta data and arrays of a model with this memory added."""
        kept = {**arrays, "targets": self.targets.astype("u1"), "weight": self.weight.astype("<f4")}
        if hasattr(self.table, "indptr"):
            kept["indptr"], kept["indices"] = self.table.indptr.astype("<i8"), self.table.indices.astype("<i4")
            kept["values"] = self.table.data.astype("<f4")
        else:
            kept["dense"] = self.table.astype("<f4")
        return {**meta, "k": self.k, "multi": self.multi, "trust": list(self.trust)}, kept

    @staticmethod
    def restored(meta: dict[str, Any], arrays: dict[str, Any]) -> Memory:
        """The inverse of `stored`."""
        from scipy.sparse import csr_matrix

        if "dense" in arrays:
            table: Any = arrays["dense"].astype(np.float64)
        else:
            shape = (len(arrays["indptr"]) - 1, len(arrays["columns"]))
            parts = (arrays["values"].astype(np.float64), arrays["indices"], arrays["indptr"])
            table = csr_matrix(parts, shape=shape)
        targets, weight = arrays["targets"].astype(np.float64), arrays["weight"].astype(np.float64)
        trust = (float(meta["trust"][0]), float(meta["trust"][1]))
        return Memory(table, targets, weight, int(meta["k"]), bool(meta["multi"]), trust)


def learn(table: Any, targets: Floats, weight: Floats, multi: bool, k: int) -> tuple[Memory, dict[str, Any]]:
    """A calibrated memory, and its accuracy when each of (at most 1,000) examples is judged by the others."""
    memory = Memory(table, targets, weight, k, multi)
    n = len(targets)
    tried = np.arange(n) if n <= 1000 else np.linspace(0, n - 1, 1000).astype(np.int64)
    votes, _, nearest = memory.judge(table[tried], own=tried)
    decided = ((votes >= 0.5) == (targets[tried] > 0)).all(axis=1)
    right = decided if multi else targets[tried, votes.argmax(axis=1)] > 0
    seen = nearest >= 0
    trust = fit_logistic(_vote_logit(votes, multi)[seen], right[seen])
    return memory._replace(trust=trust), {"cv_accuracy": float(right.mean()), "trust": list(trust)}


def _vote_logit(votes: Floats, multi: bool) -> Floats:
    share = np.maximum(votes, 1 - votes).min(axis=1) if multi else votes.max(axis=1, initial=0.0)
    share = np.clip(share, 0.02, 0.98)
    return np.log(share / (1 - share))
