"""Words of documents for predictors that go by them: each media field of a training job is given the files with its words.

Stands alone from writing the job because finding words may decode a file, which must not happen within a transaction.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import MiloError
from milo.domain.project import Project
from milo.domain.question import Question
from milo.infra.media_kinds import kind_of
from milo.infra.sql.items import MediaSql
from milo.infra.training_job import CANDIDATES, CHECK, EXAMPLES

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

MOST_PAGES = 6
"""Pages of a document whose words are given."""


def add_words(workspace: Workspace, project: Project, question: Question, folder: Path) -> None:
    """Rewrite the rows of a job with `words` in the field that is asked about."""
    names = {f.name for f in project.spec.fields if f.kind in ("document", "image") and question.field in (None, f.name)}
    for file in (folder / EXAMPLES, folder / CANDIDATES, folder / CHECK):
        if names and file.exists():
            _rewrite(workspace, project, names, file)


def _rewrite(workspace: Workspace, project: Project, names: set[str], file: Path) -> None:
    draft = file.with_name(f"{file.name}.words")
    with file.open("rb") as rows, draft.open("wb") as out:
        for line in rows:
            row: dict[str, Any] = msgspec.json.decode(line)
            for name in names:
                media = row["data"].get(name)
                if isinstance(media, dict) and isinstance(media.get("media"), int):
                    media["words"] = _files(workspace, project, media["media"])
            out.write(msgspec.json.encode(row) + b"\n")
    draft.replace(file)


def _files(workspace: Workspace, project: Project, media: int) -> list[str | None]:
    """None of a document that cannot be opened: the predictor passes it over."""
    row = workspace.db.read(lambda c: MediaSql(c).get(media))
    if row is None or row.project_id != project.id or kind_of(row.mime) not in ("document", "image"):
        return []
    try:
        return workspace.data.documents.word_files(row, MOST_PAGES)
    except MiloError:
        return []
