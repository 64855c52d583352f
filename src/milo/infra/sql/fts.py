"""The SQL of the text index: filling it, searching words and phrases, and ranking by how telling the common words are."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Iterator
from itertools import chain
from typing import Any, cast

import msgspec
import numpy as np

from milo.flow.ports.items import Ids
from milo.infra.sql.ids import id_range, item_id, ord_of

_decode = msgspec.json.decode
_QUERY = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Scripts written without spaces, in which the index cannot find a word inside a sentence."""
_INDEXED = re.compile(r"[^\W_\U00010000-\U0010ffff]")
"""A sign that the index surely holds."""
_TOKEN_LENGTH = 60
_K1 = 1.2
_POSTINGS = 60_000


class FtsSql:
    """The text index on one connection. Item ids are its row ids; it is filled up to `project.indexed_to` (a place)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def indexed_to(self, project_id: int) -> int:
        """The place up to which items are in the index."""
        row = self._c.execute("SELECT indexed_to FROM project WHERE id = ?", (project_id,)).fetchone()
        return 0 if row is None else row[0]

    def last(self, project_id: int) -> int:
        """The place of the last item."""
        row = self._c.execute("SELECT next_ord - 1 FROM project WHERE id = ?", (project_id,)).fetchone()
        return 0 if row is None else row[0]

    def behind(self) -> list[int]:
        """Projects whose index is not complete."""
        return [r[0] for r in self._c.execute("SELECT id FROM project WHERE indexed_to < next_ord - 1 ORDER BY id")]

    def texts(self, project_id: int, after: int, limit: int) -> list[tuple[int, str]]:
        """(item id, what is to be found of it) for the items behind a place."""
        rows = self._c.execute(
            "SELECT c.item_id, c.data, i.key FROM content c JOIN item i ON i.id = c.item_id "
            "WHERE c.item_id > ? AND c.item_id < ? ORDER BY c.item_id LIMIT ?",
            (item_id(project_id, after), id_range(project_id)[1], limit),
        )
        return [(item, searchable(_decode(data), key)) for item, data, key in rows]

    def index(self, project_id: int, after: int, rows: list[tuple[int, str]]) -> bool:
        """Add items to the index, unless it has moved on from `after` meanwhile."""
        if not rows or self.indexed_to(project_id) != after:
            return False
        self._c.executemany("INSERT INTO item_text (rowid, body) VALUES (?, ?)", rows)
        self._c.execute("UPDATE project SET indexed_to = ? WHERE id = ?", (ord_of(rows[-1][0]), project_id))
        return True

    def remove(self, project_id: int, first: int, last: int) -> None:
        """Take the items with ids `first` to `last` out of the index, before they are deleted: it holds no texts itself, so
        they must be told to it again."""
        rows = self._c.execute(
            "SELECT c.item_id, c.data, i.key FROM content c JOIN item i ON i.id = c.item_id WHERE c.item_id BETWEEN ? AND ?",
            (first, min(last, item_id(project_id, self.indexed_to(project_id)))),
        ).fetchall()
        self._c.executemany(
            "INSERT INTO item_text (item_text, rowid, body) VALUES ('delete', ?, ?)",
            [(item, searchable(_decode(data), key)) for item, data, key in rows],
        )

    def again(self, project_id: int, item: int) -> None:
        """Put one item back that was taken out to be changed, if the index has come that far."""
        if ord_of(item) > self.indexed_to(project_id):
            return
        data, key = self._c.execute(
            "SELECT c.data, i.key FROM content c JOIN item i ON i.id = c.item_id WHERE c.item_id = ?", (item,)
        ).fetchone()
        self._c.execute("INSERT INTO item_text (rowid, body) VALUES (?, ?)", (item, searchable(_decode(data), key)))

    def search(self, project_id: int, query: str) -> Ids:
        """The items that hold all words (beginnings of words) and "phrases" of the query, in import order."""
        low, high = id_range(project_id)
        words = match_of(query)
        if words is None:
            return self._scan(low, high, query)
        indexed = self.indexed_to(project_id)
        found = self._c.execute(
            "SELECT rowid FROM item_text WHERE item_text MATCH ? AND rowid > ? AND rowid <= ? ORDER BY rowid",
            (words, low, low + indexed),
        )
        ids = np.fromiter(chain.from_iterable(found), np.int64)
        if indexed >= self.last(project_id):
            return ids
        return np.concatenate([ids, self._scan(low + indexed + 1, high, query)])

    def holding(self, project_id: int, phrase: str) -> Ids:
        """The items that may hold this very phrase, in import order: all that do, and some that have its words in another
        case or with other signs between them. What is not indexed yet is looked through."""
        low, high = id_range(project_id)
        indexed = self.indexed_to(project_id) if _INDEXED.search(phrase) and not _UNSPACED.search(phrase) else 0
        found = np.empty(0, np.int64)
        if indexed:
            rows = self._c.execute(
                "SELECT rowid FROM item_text WHERE item_text MATCH ? AND rowid > ? AND rowid <= ? ORDER BY rowid",
                (f'"{phrase.replace(chr(34), " ").replace(chr(0), " ")}"', low, low + indexed),
            )
            found = np.fromiter(chain.from_iterable(rows), np.int64)
        if indexed >= self.last(project_id):
            return found
        return np.concatenate([found, self._scan_for(low + indexed + 1, high, [phrase])])

    def _scan(self, low: int, high: int, query: str) -> Ids:
        """The slow way, through the contents: for what is not indexed yet, or not indexable."""
        return self._scan_for(low, high, [phrase or word for phrase, word in _QUERY.findall(query) if phrase or word])

    def _scan_for(self, low: int, high: int, terms: list[str]) -> Ids:
        if not terms:
            return np.empty(0, np.int64)
        where = " AND ".join("data LIKE ? ESCAPE '\\'" for _ in terms)
        rows = self._c.execute(
            f"SELECT item_id FROM content WHERE item_id >= ? AND item_id < ? AND {where} ORDER BY item_id",
            (low, high, *(_like(t) for t in terms)),
        )
        return np.fromiter(chain.from_iterable(rows), np.int64)

    def weights(self, project_id: int, text: str, limit: int) -> dict[str, float]:
        """The most telling words of a text: rare in the collection, frequent in the text; with their weight."""
        counts: dict[str, int] = {}
        for token in self.tokens(text[:20_000]):
            counts[token] = counts.get(token, 0) + 1
        total = max(self.last(project_id), 1)
        idf, frequency = dict[str, float](), dict[str, int]()
        for token in counts:
            row = self._c.execute("SELECT doc FROM item_vocab WHERE term = ?", (token,)).fetchone()
            seen = 0 if row is None else min(row[0], total)
            if seen:
                frequency[token] = seen
                idf[token] = math.log(1 + (total - seen + 0.5) / (seen + 0.5))
        ranked = sorted(idf, key=lambda t: (-idf[t] * counts[t] / (counts[t] + _K1), t))
        return {t: idf[t] for t in _affordable(ranked[:limit], frequency)}

    def tokens(self, text: str) -> list[str]:
        """The text's words as the index spells them: lower case, without accents."""
        return [fold(w)[:_TOKEN_LENGTH] for w in _WORD.findall(text)]

    def ranked(self, project_id: int, words: list[str], limit: int) -> list[tuple[int, float]]:
        """Items with any of the words, best first by BM25: (item id, score > 0)."""
        if not words:
            return []
        low, high = id_range(project_id)
        rows = self._c.execute(
            "SELECT rowid, -bm25(item_text) FROM item_text WHERE item_text MATCH ? AND rowid > ? AND rowid < ? "
            "ORDER BY bm25(item_text) LIMIT ?",
            (" OR ".join(f'"{w}"' for w in words), low, high, limit),
        )
        return [(r[0], float(r[1])) for r in rows]


def _affordable(words: list[str], frequency: dict[str, int]) -> list[str]:
    """The most telling words whose occurrences together are few enough to be ranked quickly; at least one."""
    kept, cost = list[str](), 0
    for word in words:
        cost += frequency[word]
        if kept and cost > _POSTINGS:
            break
        kept.append(word)
    return kept


def match_of(query: str) -> str | None:
    """The query in the index's language; None if the index cannot answer it."""
    if _UNSPACED.search(query):
        return None
    parts: list[str] = []
    for phrase, word in _QUERY.findall(query):
        if phrase and _WORD.search(phrase):
            parts.append(f'"{phrase.replace(chr(0), " ")}"')
        elif word and _WORD.search(word):
            parts.append('"' + word.replace('"', "").replace(chr(0), " ") + '" *')
    return " ".join(parts) or None


def fold(word: str) -> str:
    """A word as the index's tokenizer (unicode61, without diacritics) spells it."""
    import unicodedata

    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return bare.lower()


def searchable(data: Any, key: str | None) -> str:
    """All texts in an item, and its key."""
    parts = list(_strings(data))
    if key:
        parts.append(key)
    return "\n".join(parts)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        if "media" in found:
            yield str(found.get("name") or "")
        else:
            for inner in found.values():
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _strings(inner)


def _like(term: str) -> str:
    inside = msgspec.json.encode(term).decode()[1:-1]
    return "%" + inside.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
