"""Knowledge bases of a workspace: read from CSV, JSON or JSON Lines, stored in short steps, put in use when complete."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from milo.domain.errors import Invalid, NotFound
from milo.flow import knowledge
from milo.flow.knowledge import Entry, Hit, Refused
from milo.infra.sql.database import BACKGROUND
from milo.infra.sql.knowledge import KnowledgeSql
from milo.kinds.format import BadRow, Source

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_STEP = 300
MAX_TEXT = 50 * 1024 * 1024
FORMATS = ("csv", "tsv", "json", "jsonl")
MAX_HITS = 50


class Knowledge:
    """The knowledge bases of all projects."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def bring(self, project_id: int, name: str, text: str, form: str | None, user_id: int | None) -> tuple[int, list[Refused]]:
        """Read a base and put it in the place of one of its name; how many entries it has, and what of it is none."""
        knowledge.check_name(name)
        if len(text) > MAX_TEXT:
            raise Invalid(
                f"The knowledge base is larger than {MAX_TEXT >> 20} MB. Split it, or shorten its descriptions.", place="text"
            )
        form = form or ("json" if text.lstrip()[:1] == "[" else "jsonl" if text.lstrip()[:1] == "{" else "csv")
        if form not in FORMATS:
            raise Invalid(f"A knowledge base is read from {', '.join(FORMATS)}, not from {form[:40]}.", place="format")
        db, now = self._ws.db, self._ws.clock()
        bad: list[Refused] = []
        entries = self._sound(text, form, bad)
        first = list(islice(entries, _STEP))
        if not first:
            why = f" Line {bad[0].line}: {bad[0].reason}." if bad else ""
            raise Invalid(
                f"There is no entry in it. Each needs an id and a name; aliases and description may be added.{why}",
                place="text",
            )
        base = db.write(lambda c: KnowledgeSql(c).begin(project_id, name, user_id, now), BACKGROUND)
        n, part = 0, first
        while part:
            db.write(lambda c, part=part: KnowledgeSql(c).add(base, part), BACKGROUND)
            n += len(part)
            part = list(islice(entries, _STEP))
        for old in db.write(lambda c: KnowledgeSql(c).use(project_id, base, n)):
            self._drop(old)
        return n, bad

    def _sound(self, text: str, form: str, bad: list[Refused]) -> Iterator[Entry]:
        folder = self._ws.path / "uploads"
        folder.mkdir(exist_ok=True)
        path = folder / f"knowledge-{secrets.token_hex(8)}"
        path.write_text(text, encoding="utf-8", newline="")
        try:
            rows = self._ws.registry.formats.get(form).read(Source(path, "knowledge"))
            for entry in knowledge.entries_of(_pairs(rows, bad)):
                if isinstance(entry, Entry):
                    yield entry
                elif len(bad) < knowledge.SHOWN_BAD:
                    bad.append(entry)
        finally:
            path.unlink(missing_ok=True)

    def _drop(self, base: int) -> None:
        while self._ws.db.write(lambda c: KnowledgeSql(c).drop(base, _STEP), BACKGROUND):
            pass

    def remove(self, project_id: int, name: str) -> None:
        """Remove a base. Raises NotFound."""
        base = self._base(project_id, name)
        self._ws.db.write(lambda c: KnowledgeSql(c).retire(base))
        self._drop(base)

    def _base(self, project_id: int, name: str) -> int:
        base = self._ws.db.read(lambda c: KnowledgeSql(c).of_name(project_id, name))
        if base is None:
            raise NotFound(f'The project has no knowledge base "{name[:80]}". Bring one in its settings.', place="name")
        return base

    def search(self, project_id: int, name: str, words: str, limit: int) -> list[Hit]:
        """What the words may mean, best first. Raises NotFound for a base that is not there."""
        base = self._base(project_id, name)
        found = self._ws.db.read(lambda c: KnowledgeSql(c).search(base, words[:500]))
        return knowledge.ranked(words[:500], found, max(1, min(limit, MAX_HITS)))

    def entries(self, project_id: int, name: str, keys: list[str]) -> list[Entry]:
        """The entries with these ids; at most 200 of them."""
        base = self._base(project_id, name)
        return self._ws.db.read(lambda c: KnowledgeSql(c).entries(base, keys[:200]))


def _pairs(rows: Iterator[object], bad: list[Refused]) -> Iterator[tuple[int, dict[str, object]]]:
    from milo.kinds.format import Row

    for row in rows:
        if isinstance(row, Row):
            yield row.line, row.data
        elif isinstance(row, BadRow) and len(bad) < knowledge.SHOWN_BAD:
            bad.append(Refused(row.line, row.reason))
