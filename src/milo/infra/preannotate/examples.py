"""Examples for prompts: the verified answers whose items are most like the item in hand.

Words tell how like two texts are: rare ones that both have, each weighed by its rarity among the examples (cosine of tf-idf).
Held in memory for one run, a few thousand at most; an item is never its own example.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from milo.domain.reading import reads_by_field
from milo.infra.rendering import as_text, is_media
from milo.infra.sql.verified import verified
from milo.kinds.asking import Shown, Task
from milo.kinds.predictor import Example

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

MOST = 2_000
LONGEST = 4_000
"""Characters of one example; longer items are no examples."""
_WORDS, _TELLING = 400, 40
_WORD = re.compile(r"\w+")
Explain = Callable[[Example], Awaitable[str]]


class Examples:
    """Verified answers by likeness. `k` of them for each item, most similar first."""

    def __init__(self, pool: list[Example], k: int) -> None:
        self._pool, self._k = pool, k
        counts = [_counted(_text(one)) for one in pool]
        spread = Counter(word for words in counts for word in words)
        self._rarity = {word: math.log((1 + len(pool)) / (0.5 + n)) for word, n in spread.items()}
        self._where: dict[str, list[tuple[int, float]]] = {}
        for place, words in enumerate(counts):
            length = math.sqrt(sum((n * self._rarity[word]) ** 2 for word, n in words.items())) or 1.0
            for word, n in words.items():
                self._where.setdefault(word, []).append((place, n * self._rarity[word] / length))
        self._why: dict[int, asyncio.Task[str]] = {}

    def __len__(self) -> int:
        return len(self._pool)

    def like(self, shown: Shown) -> list[Example]:
        """The examples for an item. Where nothing is alike, the latest answers."""
        scores: dict[int, float] = {}
        words = _counted("\n".join(shown.data.values()))
        telling = sorted((w for w in words if w in self._where), key=lambda w: (-words[w] * self._rarity[w], w))[:_TELLING]
        for word in telling:
            n = words[word]
            for place, weight in self._where.get(word, ()):
                scores[place] = scores.get(place, 0.0) + n * self._rarity[word] * weight
        ranked = sorted(scores, key=lambda place: (-scores[place], place))
        out = [self._pool[place] for place in ranked[: self._k + 1] if self._pool[place].item_id != shown.item.id][: self._k]
        if len(out) < self._k:
            out += [one for one in self._pool if one not in out and one.item_id != shown.item.id][: self._k - len(out)]
        return out

    async def explained(self, examples: list[Example], explain: Explain) -> list[Example]:
        """The examples with a reason each, asked for once and then remembered. Runs on one event loop."""
        out: list[Example] = []
        for one in examples:
            held = self._why.get(one.item_id)
            if held is None:
                held = self._why[one.item_id] = asyncio.ensure_future(explain(one))
            try:
                out.append(msgspec.structs.replace(one, why=await asyncio.shield(held)))
            except BaseException:
                self._why.pop(one.item_id, None)
                raise
        return out


def gather(workspace: Workspace, project_id: int, task: Task, k: int) -> Examples:
    """The project's verified answers to a question, with the texts of the fields that the model may see. Items that have
    media in these fields are passed over: examples are texts."""
    kinds = {f.name: f.kind for f in task.fields}
    reads = reads_by_field((task.question,))
    pool: list[Example] = []
    for item, data, value in workspace.db.read(lambda c: verified(c, project_id, task.question.name, MOST)):
        if any(is_media(data.get(name)) for name in kinds):
            continue
        texts = {name: text for name, kind in kinds.items() if (text := as_text(data.get(name), kind, reads.get(name)))}
        if texts and sum(map(len, texts.values())) <= LONGEST:
            pool.append(Example(item, dict(texts), value))
    return Examples(pool, k)


def _text(example: Example) -> str:
    return "\n".join(example.data.values())


def _counted(text: str) -> Counter[str]:
    """Words with how often they stand there."""
    return Counter(_WORD.findall(text[: LONGEST * 2].lower())[:_WORDS])
