"""A model of your own as a plain Python function: it runs in your process and answers the items of a project.

Stands alone because nothing is deployed: the function is called here, on items that the server hands out, and what it says
becomes suggestions. What is answered is on record with the server, so that a program that was stopped goes on where it was.
"""

from __future__ import annotations

import math
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from milo.domain.errors import Invalid, InvalidConfig
from milo.domain.question import Field, Question
from milo.domain.reading import read_data
from milo.sdk.http import Http

_PAGE = 100
_MOST_FAILURES = 50
_ENVELOPE = frozenset({"label", "labels", "value", "score", "reason"})
_VALUES = ("value", "label", "labels")
_TEXTS = ("text", "markdown", "html")


class _Begun(msgspec.Struct, frozen=True):
    run: int
    question: Question
    fields: list[Field]
    left: int


class _Raw(msgspec.Struct, frozen=True):
    id: int
    key: str | None
    data: dict[str, Any]
    meta: dict[str, Any]


class _Page(msgspec.Struct, frozen=True):
    items: list[_Raw]
    after: int


class _Taken(msgspec.Struct, frozen=True):
    stored: int
    refused: list[dict[str, Any]]
    suggested: int
    passed: int
    failed: int


class GivenItem:
    """An item as a function gets it: `item["text"]` is a field, `item.text` the first field of text, `item.meta` its metadata,
    `item.path()` the file of its image, audio or other media. `item.question` is what is asked. The text that it marks is given
    as offsets count in it: of HTML and Markdown the visible text."""

    def __init__(self, http: Http, question: Question, fields: list[Field], raw: _Raw, folder: Path) -> None:
        self._http, self._fields, self._folder = http, fields, folder
        self.question = question
        self.id, self.key, self.data, self.meta = raw.id, raw.key, read_data(question, raw.data), raw.meta

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    @property
    def text(self) -> str:
        """The text of the question's field, or of the first field of text."""
        names = [f.name for f in self._fields if f.kind in _TEXTS]
        wanted = self.question.field if self.question.field in names else next((n for n in names if n in self.data), None)
        if wanted is None:
            raise Invalid(f"Item {self.id} has no field of text. Use item.data or item.path().")
        return str(self.data.get(wanted, ""))

    def path(self, name: str | None = None) -> Path:
        """The file of a media field (default: the first there is), fetched when first asked for; it goes with the run."""
        wanted = name or next((n for n, v in self.data.items() if isinstance(v, dict) and "media" in v), None)
        value: Any = self.data.get(wanted or "")
        if not isinstance(value, dict) or "media" not in value:
            raise Invalid(f'Item {self.id} has no file in the field "{wanted or "image"}".')
        media = cast("dict[str, Any]", value)
        file = self._folder / f"{int(media['media'])}{Path(str(media.get('name', ''))).suffix[:10]}"
        if not file.exists():
            part = file.with_name(f"{file.name}.{self.id}.part")
            with self._http.stream(f"/media/{int(media['media'])}") as response, part.open("wb") as out:
                for block in response.iter_bytes(1 << 20):
                    out.write(block)
            part.replace(file)
        return file


@dataclass(frozen=True)
class OwnPredictor:
    """A function that answers a question; still callable as it was. `batch` above 1: it is given lists and gives a list."""

    function: Callable[[Any], Any]
    question: str
    name: str
    version: int = 1
    batch: int = 1

    def __call__(self, item: Any) -> Any:
        """The function itself."""
        return self.function(item)


def predictor(
    question: str, *, name: str | None = None, version: int = 1, batch: int = 1
) -> Callable[[Callable[[Any], Any]], OwnPredictor]:
    """Make a model of a function that is given an item and answers a question.

    It returns the value, or `{"label": ..., "score": ..., "reason": ...}` (`value` in place of `label` for other shapes), or
    None to say nothing. `score` is the probability of being right; leave it out where there is none. A new `version` begins
    anew.
    """

    def wrap(function: Callable[[Any], Any]) -> OwnPredictor:
        called = name or getattr(function, "__name__", "predictor").strip("_<>") or "predictor"
        if batch < 1:
            raise InvalidConfig(f"batch is {batch}; it must be 1 or more.", place="batch")
        return OwnPredictor(function, question, called, version, batch)

    return wrap


@dataclass
class Predicted:
    """What came of running a function: counts of the run so far, and the items that failed this time, with the reason.
    `message` says why it ended early."""

    run: int
    left: int
    suggested: int = 0
    passed: int = 0
    failed: int = 0
    errors: dict[int, str] = field(default_factory=dict[int, str])
    message: str = ""


OnPredicted = Callable[[Predicted], None]


@dataclass(frozen=True)
class How:
    """How a function is run; see `Project.predict`."""

    live: bool = False
    retry: bool = False
    everything: bool = False
    limit: int | None = None
    workers: int = 1
    every: float = 2.0


def run_function(
    http: Http, project: int, model: OwnPredictor, how: How, on_progress: OnPredicted | None, should_stop: Callable[[], bool]
) -> Predicted:
    """Answer what the run of this function has not answered; with `live`, go on as items come in."""
    at = f"/projects/{project}/elsewhere"
    about = f"{model.function.__module__}:{getattr(model.function, '__qualname__', model.name)}"
    body = {"name": model.name, "question": model.question, "version": model.version, "function": about, "retry": how.retry}
    begun = http.call("POST", at, _Begun, body, repeatable=True)
    out = Predicted(begun.run, begun.left)
    try:
        with tempfile.TemporaryDirectory(prefix="milo-") as folder, ThreadPoolExecutor(max(1, how.workers)) as pool:
            calls = _Calls(http, begun, model, Path(folder), pool)
            _answer(calls, f"{at}/{begun.run}", how, out, on_progress, should_stop)
    except KeyboardInterrupt:
        out.message = "Stopped by hand."
    http.call("POST", f"{at}/{begun.run}/end", Any, {"message": out.message}, repeatable=True)  # type: ignore[arg-type]
    return out


def _answer(
    calls: _Calls, at: str, how: How, out: Predicted, on_progress: OnPredicted | None, should_stop: Callable[[], bool]
) -> None:
    done, in_a_row = 0, 0
    for page in _pages(calls.http, at, how, should_stop):
        wanted = page if how.limit is None else page[: how.limit - done]
        said = calls.on(wanted)
        taken = calls.http.call("POST", f"{at}/answers", _Taken, {"answers": said}, repeatable=True)
        refused = {int(r["item_id"]): str(r["reason"]) for r in taken.refused}
        for one in said:
            error = one.get("error") or refused.get(one["item_id"])
            in_a_row = in_a_row + 1 if error else 0
            if error:
                out.errors[one["item_id"]] = error
        out.suggested, out.passed, out.failed = taken.suggested, taken.passed, taken.failed
        done += len(wanted)
        if on_progress is not None:
            on_progress(out)
        if in_a_row >= _MOST_FAILURES:
            out.message = f"Ended after {in_a_row} failures in a row, the last: {out.errors[said[-1]['item_id']]}"
            return
        if how.limit is not None and done >= how.limit:
            return


def _pages(http: Http, at: str, how: How, should_stop: Callable[[], bool]) -> Iterator[list[_Raw]]:
    """Items page by page, each once; with `live` for ever, looking every few seconds."""
    after = 0
    while not should_stop():
        query = {"after": after, "n": _PAGE, "everything": how.everything}
        page = http.get(f"{at}/items", _Page, query)
        after = page.after
        if page.items:
            yield page.items
            continue
        if not how.live:
            return
        end = time.monotonic() + how.every
        while time.monotonic() < end and not should_stop():
            time.sleep(min(0.1, how.every))


class _Calls:
    """Calls of the function, several at once where that is asked for."""

    def __init__(self, http: Http, begun: _Begun, model: OwnPredictor, folder: Path, pool: ThreadPoolExecutor) -> None:
        self.http, self._begun, self._model, self._folder, self._pool = http, begun, model, folder, pool

    def on(self, page: Sequence[_Raw]) -> list[dict[str, Any]]:
        """What the function says of these items, or the error it ran into with each."""
        items = [GivenItem(self.http, self._begun.question, self._begun.fields, raw, self._folder) for raw in page]
        size = self._model.batch
        parts = [items[start : start + size] for start in range(0, len(items), size)]
        return [one for part in self._pool.map(self._part, parts) for one in part]

    def _part(self, part: list[GivenItem]) -> list[dict[str, Any]]:
        if self._model.batch == 1:
            return [self._one(part[0], lambda: self._model.function(part[0]))]
        try:
            found = list(self._model.function(part))
            if len(found) != len(part):
                raise Invalid(f"the function was given {len(part)} items and answered {len(found)}")
        except Exception as error:  # noqa: BLE001 - the user's own code
            if len(part) == 1:
                return [{"item_id": part[0].id, "error": _words(error)}]
            return [one for item in part for one in self._part([item])]
        return [self._one(item, lambda a=answer: a) for item, answer in zip(part, found, strict=True)]

    def _one(self, item: GivenItem, call: Callable[[], Any]) -> dict[str, Any]:
        try:
            said = read_answer(call())
            msgspec.json.encode(said)
        except Exception as error:  # noqa: BLE001 - the user's own code
            return {"item_id": item.id, "error": _words(error)}
        return {"item_id": item.id, **said}


def read_answer(answer: Any) -> dict[str, Any]:
    """What a function returned as value, score and reason. Raises Invalid."""
    if not isinstance(answer, dict):
        return {"value": _plain(answer)}
    given = cast("dict[str, Any]", answer)
    named = [name for name in _VALUES if name in given]
    if not named or not set(given) <= _ENVELOPE:
        return {"value": _plain(given)}
    if len(named) > 1:
        raise Invalid(f"the answer names its value twice: {' and '.join(named)}")
    score, reason = _plain(given.get("score")), given.get("reason")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise Invalid(f"the score {score!r} is no number")
    return {"value": _plain(given[named[0]]), "score": score, "reason": None if reason is None else str(reason)}


def _plain(value: Any) -> Any:
    """The value as plain Python: numbers and arrays of NumPy and its like say `tolist`."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in cast("list[Any]", value)]
    plain = getattr(value, "tolist", None)
    if callable(plain):
        return _plain(plain())
    if isinstance(value, float) and not math.isfinite(value):
        raise Invalid(f"the answer holds {value}, which is no number that can be stored")
    return value


def _words(error: Exception) -> str:
    """The error and where it happened, in a line."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename) != Path(__file__)]
    where = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
    return f"{type(error).__name__}: {str(error)[:500]}{where}"
