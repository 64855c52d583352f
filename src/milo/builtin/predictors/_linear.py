"""A linear classifier for few labels: regularised logistic regression with calibrated probabilities.

The strength of the regularisation and the temperature of the probabilities are both chosen on predictions for examples
that the fitted model had not seen (cross-validation). For up to 1,200 examples the problem is first rotated into the
space that the examples span, which loses nothing (the solution lies in it) and makes it small. For more, averaged
stochastic gradient descent, one class against the rest, is nearly as good and many times faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.calibration import fit_logistic, fit_temperature, log_loss, sigmoid

Floats = NDArray[np.float64]
_SMALL = 1200
_STRENGTHS = (3.0, 30.0, 300.0)
_STRENGTH = 30.0
_EPOCHS = 12
Solve = Callable[[Any, Floats, Floats, bool, float], tuple[Floats, Floats]]


class Linear(NamedTuple):
    """A fitted classifier. `weights`: float, shape (d, classes); `bias`: shape (classes,); logits are divided by
    `temperature`. `multi`: each class is decided by itself (sigmoid), not against the others (softmax). `trust`: slope
    and offset of the calibration of a whole label set."""

    weights: Floats
    bias: Floats
    temperature: float
    multi: bool
    trust: tuple[float, float] = (1.0, 0.0)

    def chances(self, features: Any) -> Floats:
        """Calibrated probabilities, shape (n, classes)."""
        logits = (np.asarray(features @ self.weights) + self.bias) / self.temperature
        return sigmoid(logits) if self.multi else softmax(logits)

    def score(self, chances: Floats) -> Floats:
        """The probability that the suggestion as a whole is right, shape (n,): that of the likeliest class, or of the
        label set (labels taken as independent, then calibrated)."""
        if not self.multi:
            return chances.max(axis=1)
        slope, offset = self.trust
        return sigmoid(slope * _set_logit(chances) + offset)

    def stored(self, meta: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Meta data and arrays of a model with this classifier added."""
        kept = {"weights": self.weights.astype("<f4"), "bias": self.bias.astype("<f4")}
        rest = {"temperature": self.temperature, "multi": self.multi, "trust": list(self.trust)}
        return {**meta, "linear": rest}, {**arrays, **kept}

    @staticmethod
    def restored(meta: dict[str, Any], arrays: dict[str, Any]) -> Linear:
        """The inverse of `stored`. Raises KeyError for a model without one."""
        rest = meta["linear"]
        trust = (float(rest["trust"][0]), float(rest["trust"][1]))
        return Linear(arrays["weights"], arrays["bias"], rest["temperature"], rest["multi"], trust)


def softmax(logits: Floats) -> Floats:
    """Row-wise softmax, shape (n, classes)."""
    z = np.exp(logits - logits.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def fit(features: Any, targets: Floats, weight: Floats, multi: bool) -> tuple[Linear, dict[str, Any]]:
    """Fit to `features` (CSR or array, shape (n, d)) and `targets` (0/1, shape (n, classes)).

    Also returns what cross-validation showed: its accuracy (of whole answers), the strength and the temperature.
    """
    n = len(targets)
    small = n <= _SMALL
    rotated, back = _rotate(features) if small else (features, None)
    folds = _folds(targets, 5 if n <= 300 else 3)
    held = folds >= 0 if n <= 5000 else folds == 0
    strengths = _STRENGTHS if small else (_STRENGTH,)
    solve = _solve if small else _descend
    tried = [_held_out(solve, rotated, targets, weight, multi, folds, c, n > 5000) for c in strengths]
    fits = [_calibrate(z[held], targets[held], multi) for z in tried]
    best = min(range(len(fits)), key=lambda i: fits[i]["loss"])
    strength = strengths[best]
    weights, bias = solve(rotated, targets, weight, multi, strength)
    weights = back(weights) if back else weights
    found = fits[best]
    model = Linear(weights, bias, found["temperature"], multi, found["trust"])
    return model, {"cv_accuracy": found["accuracy"], "strength": strength, "temperature": model.temperature}


def _calibrate(logits: Floats, targets: Floats, multi: bool) -> dict[str, Any]:
    """Temperature (and for label sets, trust) from held-out logits, with the log loss that it reaches."""
    if not multi:
        right = targets[np.arange(len(targets)), logits.argmax(axis=1)] > 0
        temperature = fit_temperature(logits, right)
        chosen = (softmax(logits / temperature) * targets).sum(axis=1)
        loss = float(-np.mean(np.log(np.maximum(chosen, 1e-4))))
        return {"temperature": temperature, "trust": (1.0, 0.0), "loss": loss, "accuracy": float(right.mean())}
    flat, yes = logits.ravel(), targets.ravel() > 0
    temperature = fit_temperature(np.column_stack([flat, np.zeros(len(flat))]), (flat > 0) == yes)
    chances = sigmoid(logits / temperature)
    right = ((chances >= 0.5) == (targets > 0)).all(axis=1)
    trust = fit_logistic(_set_logit(chances), right) if len(right) >= 20 else (1.0, 0.0)
    loss = log_loss(chances.ravel(), yes)
    return {"temperature": temperature, "trust": trust, "loss": loss, "accuracy": float(right.mean())}


def _set_logit(chances: Floats) -> Floats:
    log_right = np.log(np.clip(np.maximum(chances, 1 - chances), 1e-9, 1.0)).sum(axis=1)
    return log_right - np.log(-np.expm1(np.minimum(log_right, -1e-9)))


def _folds(targets: Floats, count: int) -> NDArray[np.int64]:
    """A fold for each row, dealt out within each class (or combination of classes) in the order given."""
    _, group = np.unique(targets, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    folds = np.empty(len(targets), dtype=np.int64)
    folds[order] = np.arange(len(targets)) % count
    return folds


def _held_out(
    solve: Solve,
    features: Any,
    targets: Floats,
    weight: Floats,
    multi: bool,
    folds: NDArray[np.int64],
    strength: float,
    once: bool,
) -> Floats:
    """For each row the logits of a model fitted without its fold; with `once`, for the first fold only."""
    logits = np.zeros(targets.shape)
    for fold in range(1 if once else int(folds.max()) + 1):
        out, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        weights, bias = solve(features[rest], targets[rest], weight[rest], multi, strength)
        logits[out] = np.asarray(features[out] @ weights) + bias
    return logits


def _rotate(features: Any) -> tuple[Floats, Any]:
    """Coordinates in the space that the rows span, shape (n, rank), and how to carry weights back to the features."""
    gram = features @ features.T
    gram = gram.toarray() if hasattr(gram, "toarray") else np.asarray(gram)
    values, vectors = np.linalg.eigh(gram)
    keep = values > max(1e-9, float(values[-1]) * 1e-9)
    length, vectors = np.sqrt(values[keep]), vectors[:, keep]

    def back(weights: Floats) -> Floats:
        return np.asarray(features.T @ (vectors @ (weights / length[:, None])))

    return vectors * length, back


def _solve(features: Any, targets: Floats, weight: Floats, multi: bool, strength: float) -> tuple[Floats, Floats]:
    """Minimise strength * sum of losses + |weights|^2 / 2 by L-BFGS; the bias is held back only slightly."""
    from scipy.optimize import minimize

    d, classes = features.shape[1], targets.shape[1]
    across = features.T.tocsr() if hasattr(features, "tocsr") else features.T
    cost = strength * weight[:, None]

    def loss(flat: Floats) -> tuple[float, Floats]:
        w, b = flat[:-classes].reshape(d, classes), flat[-classes:]
        logits = np.asarray(features @ w) + b
        if multi:
            value = np.sum(cost * (np.logaddexp(0, logits) - targets * logits))
            slope = cost * (sigmoid(logits) - targets)
        else:
            top = logits.max(axis=1, keepdims=True)
            total = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
            value = np.sum(cost * targets * (total - logits))
            slope = cost * (np.exp(logits - total) - targets)
        value += (flat[:-classes] @ flat[:-classes]) / 2 + 0.005 * (b @ b)
        gradient = np.concatenate([(np.asarray(across @ slope) + w).ravel(), slope.sum(axis=0) + 0.01 * b])
        return float(value), gradient

    start = np.zeros(d * classes + classes)
    options = {"maxiter": 100, "maxcor": 6, "ftol": 1e-7, "gtol": 1e-4 * strength}
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return flat[:-classes].reshape(d, classes), flat[-classes:]


def _descend(features: Any, targets: Floats, weight: Floats, multi: bool, strength: float) -> tuple[Floats, Floats]:
    """The same aim by averaged stochastic gradient descent, each class against the rest; for many examples."""
    from sklearn.linear_model import SGDClassifier

    n, classes = targets.shape
    weights, bias = np.zeros((features.shape[1], classes)), np.zeros(classes)
    for k in range(classes):
        share = float(targets[:, k].mean())
        if share in (0.0, 1.0):
            bias[k] = 8.0 * (2 * share - 1)
            continue
        model: Any = SGDClassifier(loss="log_loss", alpha=1.0 / (strength * n), average=True, random_state=0)
        model.set_params(max_iter=_EPOCHS, tol=None)
        model.fit(features, targets[:, k], sample_weight=weight)
        weights[:, k], bias[k] = model.coef_[0], model.intercept_[0]
    return weights, bias
