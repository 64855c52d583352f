"""Learning to fill in a form, and filling it in: a model for each field, documents to compare with, and what chances are worth.

Stands alone because this is where candidates, features, memory and weights meet. What chances are worth is found on documents
that were left out in turn, three ways, of the models as well as of the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.builtin.predictors import _bundle, _field_memory
from milo.builtin.predictors._field_candidates import Bounds, Choice, candidates, places, written
from milo.builtin.predictors._field_cues import Cues, cues_of
from milo.builtin.predictors._field_features import NAMED, Page, number_of, prepared, rows_of, told
from milo.builtin.predictors._field_memory import Answered, Memory, plain
from milo.builtin.predictors._field_softmax import Table, Weights, calibrated, first_weights, sure, table_of
from milo.builtin.predictors._field_softmax import fit as fit_weights
from milo.builtin.predictors._page_words import words_of
from milo.domain.question import Question
from milo.kinds.predictor import Example, Fitted

MOST = 200
"""Documents learned from, the newest."""
_FOLDS = 3
_AT_ONCE = 500
_LONGEST, _MOST_LINES = 12, 6
_USUAL = {"words=1": 0.5, "after colon": 0.5, "whole": 0.3}
_CUE = 1.6
_BOTH = 40
_FAMILIES = 3
_REMINDERS = np.array(sorted(number_of(name) for name in NAMED), np.int64)
Part = dict[str, Any]


class Form(NamedTuple):
    """A form filled in, the chance that all of it is right, and why."""

    form: dict[str, Any]
    score: float
    reason: str


class _Set(NamedTuple):
    """A document with the candidates of one field: their features but for comparison with others, and which are right."""

    at: int
    choices: list[Choice]
    base: Table
    right: NDArray[np.bool_]
    none: bool


class _Said(NamedTuple):
    """What is chosen for a field: the candidate (None: the document does not say it) and its chance."""

    choice: Choice | None
    chance: float


class Lesson(NamedTuple):
    """Documents to learn from, worked out."""

    examples: list[Example]
    pages: list[Page]
    words: list[frozenset[int]]


def parts_of(question: Question) -> list[Part]:
    """The fields of the form."""
    return [part for part in question.config.get("fields") or [] if isinstance(part, dict)]


def before_of(cues: Cues) -> dict[int, float]:
    """The weights of a field before anything is learned."""
    return {number_of(name): weight for name, weight in (NAMED | _USUAL | dict(cues.likely)).items()}


def fit(kind: str, question: Question, field: str | None, config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
    """Learn, or say why not."""
    usable = [e for e in examples if e.weight > 0 and isinstance(e.value, dict)]
    lesson = _lesson(field, usable[-MOST:])
    if not lesson.pages:
        why = (
            "No filled in document has words: neither a text layer nor pages read by a machine."
            if usable
            else "No document is filled in yet."
        )
        return Fitted(None, {"n": 0, "why": why})
    learning = _Learning(question, config, lesson)
    everything = range(len(lesson.pages))
    memory = learning.memory(everything)
    weights = {name: learning.weights(name, everything, memory) for name in learning.sets}
    tested = learning.left_out()
    by = calibrated(np.array([c for c, _, _ in tested["each"]]), np.array([float(h) for _, h, _ in tested["each"]]))
    forms = [(float(np.prod([sure(c, by) for c in chances])), hit) for chances, hit in tested["forms"]]
    whole = calibrated(np.array([c for c, _ in forms]), np.array([float(h) for _, h in forms]))
    meta = {
        "by": by, "whole": whole, "bounds": learning.bounds, "known": learning.known,
        "memory": _field_memory.stored(memory), "none": {name: w.none for name, w in weights.items()},
    }  # fmt: skip
    arrays: dict[str, NDArray[Any]] = {}
    for name, w in weights.items():
        arrays |= {f"n:{name}": w.numbers.astype("<i4"), f"w:{name}": w.values.astype("<f4")}
    info = {
        "n": len(lesson.pages),
        "without words": len(usable[-MOST:]) - len(lesson.pages),
        "right when left out": _shares(tested["each"]),
    }
    return Fitted(_bundle.pack(kind, meta, arrays), info)


def _lesson(field: str | None, examples: Sequence[Example]) -> Lesson:
    kept: list[Example] = []
    pages: list[Page] = []
    for one in examples:
        words = words_of(one.data, field)
        if words is not None:
            kept.append(one)
            pages.append(prepared(words))
    return Lesson(kept, pages, [_field_memory.words_in(page) for page in pages])


def _shares(tested: list[tuple[float, bool, str]]) -> dict[str, float]:
    names = dict.fromkeys(name for _, _, name in tested)
    return {name: round(float(np.mean([hit for _, hit, of in tested if of == name])), 3) for name in names}


class _Learning:
    """The candidates of all fields of all documents to learn from."""

    def __init__(self, question: Question, config: dict[str, Any], lesson: Lesson) -> None:
        self.question, self.lesson = question, lesson
        self.parts = {part["name"]: part for part in parts_of(question)}
        self.cues = {name: cues_of(part, config["cues"].get(name, [])) for name, part in self.parts.items()}
        self.bounds: dict[str, Bounds] = {name: _bounds(name, lesson.examples, self.cues[name].bounds) for name in self.parts}
        self.known: dict[str, dict[str, str]] = {name: _known(name, part, lesson.examples) for name, part in self.parts.items()}
        self.sets: dict[str, list[_Set]] = {}
        self.kin = _kin(lesson)
        self.before = {name: before_of(cues) for name, cues in self.cues.items()}
        for name in self.parts:
            sets = [s for at in range(len(lesson.pages)) if (s := self._set(name, at)) is not None]
            if sets:
                self.sets[name] = sets

    def _set(self, name: str, at: int) -> _Set | None:
        """None where nobody looked for this field."""
        example, page, part = self.lesson.examples[at], self.lesson.pages[at], self.parts[name]
        entry = example.value.get(name)
        if not isinstance(entry, dict) or "value" not in entry:
            return None
        choices = candidates(part, self.question.config, page.words, self.bounds[name], self.known[name])
        right = _right(part, choices, entry, page)
        if len(choices) > _AT_ONCE:
            drawn = np.random.default_rng(len(choices)).random(len(choices)) < _AT_ONCE / len(choices)
            kept = [i for i in range(len(choices)) if drawn[i] or right[i]]
            choices, right = [choices[i] for i in kept], right[kept]
        return _Set(at, choices, table_of(rows_of(page, choices, part, self.cues[name])), right, entry["value"] is None)

    def memory(self, documents: Sequence[int]) -> Memory:
        """These documents, to compare others with."""
        spots: dict[int, dict[str, Any]] = {at: {} for at in documents}
        for name, sets in self.sets.items():
            for one in sets:
                if one.at in spots and one.right.any():
                    spots[one.at][name] = _field_memory.spots(self.lesson.pages[one.at], one.choices, one.right.tolist())
        return Memory([Answered(at, self.lesson.words[at], spots[at]) for at in documents])

    def table(self, name: str, one: _Set, memory: Memory) -> Table:
        """The features of the candidates, compared with all documents of the memory but this one."""
        like = memory.like(self.lesson.words[one.at], one.at)
        kind = self.parts[name].get("type", "text")
        seen = memory.seen(name, one.at)
        more = _field_memory.reminders(self.lesson.pages[one.at], name, kind, one.choices, like, seen)
        return one.base.and_more(table_of(more))

    def weights(self, name: str, documents: Sequence[int], memory: Memory) -> Weights:
        """The weights of a field, learned from these documents; those whose value is not among its candidates teach nothing.

        A document is looked at as one that is like others, and as one that is like none (where there are many, every other one
        so): the weights must not count on company. Features that only one family of documents has are left to the memory.
        """
        chosen = set(documents)
        sets = [s for s in self.sets[name] if s.at in chosen and (s.none or s.right.any())]
        if not sets:
            return first_weights(self.before[name])
        both = len(sets) <= _BOTH
        views = [(s, self.table(name, s, memory)) for s in sets if both or s.at % 2]
        views += [(s, s.base) for s in sets if both or not s.at % 2]
        shared = _shared([(self.kin[s.at], s.base.numbers) for s in sets])
        tables = [table if shared is None else table.only(np.union1d(shared, _REMINDERS)) for _, table in views]
        return fit_weights(tables, [s.right for s, _ in views], self.before[name])

    def left_out(self) -> dict[str, list[Any]]:
        """What the models of two thirds say of the other third: (chance, right, field) of each field, and of each form (chances
        of its fields, all right)."""
        folds = min(_FOLDS, len(self.lesson.pages))
        each: list[tuple[float, bool, str]] = []
        forms: list[tuple[list[float], bool]] = []
        for fold in range(folds if folds > 1 else 0):
            learned = [at for at in range(len(self.lesson.pages)) if at % folds != fold]
            memory = self.memory(learned)
            by_form: dict[int, list[tuple[float, bool]]] = {}
            for name in self.sets:
                weights = self.weights(name, learned, memory)
                for one in (s for s in self.sets[name] if s.at % folds == fold):
                    said = _chosen(one.choices, *weights.chances(self.table(name, one, memory)))
                    hit = one.none if said.choice is None else bool(one.right[one.choices.index(said.choice)])
                    each.append((said.chance, hit, name))
                    by_form.setdefault(one.at, []).append((said.chance, hit))
            forms += [([c for c, _ in rows], all(h for _, h in rows)) for rows in by_form.values()]
        return {"each": each, "forms": forms}


def _kin(lesson: Lesson) -> list[int]:
    """The family of each document: the first one of those that it is like, directly or by others."""
    memory = Memory([Answered(at, words, {}) for at, words in enumerate(lesson.words)])
    first = list(range(len(lesson.pages)))
    for at, words in enumerate(lesson.words):
        for _, other in memory.like(words, at):
            low, high = sorted((first[at], first[other.item]))
            first = [low if one == high else one for one in first]
    return first


def _shared(numbers: list[tuple[int, NDArray[np.int64]]]) -> NDArray[np.int64] | None:
    """The features that documents of two families or more have; None where there are fewer than three families."""
    families = sorted({family for family, _ in numbers})
    if len(families) < _FAMILIES:
        return None
    of_each = [np.unique(np.concatenate([n for f, n in numbers if f == family])) for family in families]
    found, counts = np.unique(np.concatenate(of_each), return_counts=True)
    return found[counts > 1]


def _bounds(name: str, examples: Sequence[Example], usual: Bounds) -> Bounds:
    """How long the values of a field are, by the answers; of one that is usually in lines, at least as long as usual."""
    words, lines = usual if usual.lines > 1 else (1, 1)
    for one in examples:
        entry = one.value.get(name) or {}
        text, rows = str(entry.get("value") or ""), len(entry.get("places") or ())
        count = len(text.split())
        lines = max(lines, rows if rows else 1 + count // 5 if count > 6 else 1)
        words = max(words, -(-count // max(1, rows)))
    return Bounds(min(words, _LONGEST), min(lines, _MOST_LINES))


def _known(name: str, part: Part, examples: Sequence[Example]) -> dict[str, str]:
    """Words that answers gave for a label of a choice."""
    if part.get("type") != "choice":
        return {}
    entries = [one.value.get(name) or {} for one in examples]
    return {plain(e["text"]): str(e["value"]) for e in entries if e.get("text") and e.get("value") is not None}


def _right(part: Part, choices: Sequence[Choice], entry: dict[str, Any], page: Page) -> NDArray[np.bool_]:
    """Which candidates are what was answered: those of its value, at its place if it has one; else the one at its place."""
    value = entry["value"]
    if value is None:
        return np.zeros(len(choices), np.bool_)
    same = np.array([_same(part, c.value, value) for c in choices], np.bool_)
    given = entry.get("places") or []
    if not given:
        return same
    cover = np.array([_overlap(places(page.words, c), given) for c in choices])
    if same.any():
        there = same & (cover > 0.3)
        return there if there.any() else same
    return (cover >= 0.7) & (cover == cover.max(initial=0.0))


def _same(part: Part, a: Any, b: Any) -> bool:
    if part.get("type") in ("number", "amount"):
        allowed = part.get("tolerance")
        return abs(float(a) - float(b)) <= (allowed if allowed is not None else 0.005 if part["type"] == "amount" else 0.0)
    return plain(a) == plain(b)


def _overlap(a: Sequence[dict[str, Any]], b: Sequence[dict[str, Any]]) -> float:
    """Intersection over union of two sets of rectangles; those of one set do not overlap."""
    common = sum(
        max(0.0, min(p["x"] + p["w"], q["x"] + q["w"]) - max(p["x"], q["x"]))
        * max(0.0, min(p["y"] + p["h"], q["y"] + q["h"]) - max(p["y"], q["y"]))
        for p in a for q in b if p["page"] == q["page"]
    )  # fmt: skip
    union = sum(p["w"] * p["h"] for p in (*a, *b)) - common
    return common / union if union > 0 else 0.0


def _chosen(choices: Sequence[Choice], chances: NDArray[np.float64], none: float) -> _Said:
    """The value with the largest chance, all that say it together; of those the likeliest candidate."""
    sums: dict[Any, float] = {}
    best: dict[Any, int] = {}
    for i, one in enumerate(choices):
        key = plain(one.value) if isinstance(one.value, str) else one.value
        sums[key] = sums.get(key, 0.0) + float(chances[i])
        if key not in best or chances[i] > chances[best[key]] + 1e-12:
            best[key] = i
    top = max(sums, key=lambda key: sums[key], default=None)
    if top is None or sums[top] < none:
        return _Said(None, none)
    return _Said(choices[best[top]], sums[top])


class Reader:
    """Fills in forms with weights that were learned, or, by cues alone, with those from before."""

    def __init__(self, question: Question, config: dict[str, Any], weights: dict[str, Weights], meta: dict[str, Any]) -> None:
        self._question, self._weights, self._meta = question, weights, meta
        self._parts = {part["name"]: part for part in parts_of(question)}
        self._cues = {name: cues_of(part, config["cues"].get(name, [])) for name, part in self._parts.items()}
        self._least = float(config.get("least", 0.0))
        self._memory: Memory = _field_memory.restored(meta.get("memory", []))

    @classmethod
    def restored(cls, kind: str, question: Question, config: dict[str, Any], model: bytes) -> Reader:
        """From the bytes of `fit`."""
        meta, arrays = _bundle.unpack(kind, model)
        weights = {
            name: Weights(arrays[f"n:{name}"].astype(np.int64), arrays[f"w:{name}"].astype(np.float64), none)
            for name, none in meta["none"].items()
        }
        return cls(question, config, weights, meta)

    @classmethod
    def by_cues(cls, question: Question, config: dict[str, Any]) -> Reader:
        """With what fields are called, and nothing learned."""
        parts = {part["name"]: cues_of(part, config["cues"].get(part["name"], [])) for part in parts_of(question)}
        return cls(question, config, {name: first_weights(before_of(cues)) for name, cues in parts.items()}, {})

    def form(self, data: dict[str, Any], field: str | None) -> Form | None:
        """The form of a document; None where it has no words, or nothing is found."""
        words = words_of(data, field)
        if words is None:
            return None
        page = prepared(words)
        like = self._memory.like(_field_memory.words_in(page)) if self._memory.answered else []
        form: dict[str, Any] = {}
        reasons: list[str] = []
        score = 1.0
        for name, part in self._parts.items():
            if name not in self._weights:
                continue
            choices, table = self._table(name, part, page, like)
            said, cued = (self._by_weights if self._meta else self._by_cues)(name, choices, table)
            score *= said.chance
            if said.chance < self._least or (said.choice is None and not self._meta):
                continue
            form[name] = _entry(page, said, scored=bool(self._meta))
            if said.choice is not None and said.choice.first >= 0:
                reasons.append(f"{name}: {told(page.around[said.choice.first], cued)}")
        if not form:
            return None
        whole = sure(score, tuple(self._meta["whole"])) if self._meta else score  # type: ignore[arg-type]
        return Form(form, whole, "; ".join(reasons)[:500])

    def _table(self, name: str, part: Part, page: Page, like: Any) -> tuple[list[Choice], Table]:
        bounds = Bounds(*self._meta["bounds"][name]) if self._meta else self._cues[name].bounds
        known = self._meta["known"].get(name, {}) if self._meta else {}
        choices = candidates(part, self._question.config, page.words, bounds, known)
        table = table_of(rows_of(page, choices, part, self._cues[name]))
        if self._meta:
            seen = self._memory.seen(name, None)
            more = _field_memory.reminders(page, name, part.get("type", "text"), choices, like, seen)
            table = table.and_more(table_of(more))
        return choices, table

    def _by_weights(self, name: str, choices: list[Choice], table: Table) -> tuple[_Said, bool]:
        said = _chosen(choices, *self._weights[name].chances(table))
        return _Said(said.choice, sure(said.chance, tuple(self._meta["by"]))), True  # type: ignore[arg-type]

    def _by_cues(self, name: str, choices: list[Choice], table: Table) -> tuple[_Said, bool]:
        """The best candidate that stands beside or under a cue, or looks much like such a value."""
        scores = self._weights[name].scores(table)
        best = int(scores.argmax()) if len(scores) else -1
        if best < 0 or scores[best] < _CUE or choices[best].first < 0:
            return _Said(None, 1.0), False
        return _Said(choices[best], 1.0), True


def _entry(page: Page, said: _Said, scored: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"value": said.choice.value if said.choice is not None else None}
    if said.choice is not None and said.choice.rows:
        entry |= {"text": written(page.words.tokens, said.choice), "places": places(page.words, said.choice)}
    return entry | ({"score": round(said.chance, 4)} if scored else {})
