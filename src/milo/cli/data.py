"""`milo import`, `milo export`, `milo backup`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from milo.cli.connection import Where, connect
from milo.cli.output import bar, job_bar, print_json, print_text
from milo.domain.errors import Invalid, NotFound
from milo.infra.backup import back_up
from milo.sdk import Client, Project

_BAD_SHOWN = 20
_WHOLE = (None, "jsonl", "json", "csv", "parquet")
"""Milo's own formats; of the others it is told what they could not carry."""


def import_(
    source: Path,
    project: Annotated[str, Parameter(name=["--project", "-p"])],
    *,
    recipe: str | None = None,
    format: str | None = None,
    field: dict[str, str] | None = None,
    key: str | None = None,
    label: dict[str, str] | None = None,
    option: dict[str, str] | None = None,
    copy: bool = True,
    where: Where | None = None,
) -> None:
    """Bring a file or folder into a project. A repeated import adds only what is new.

    Args:
        source: CSV, TSV, JSON, JSONL, Parquet, text, ZIP, a folder of texts or media, or a data set of pictures.
        project: Name or id of the project.
        recipe: Create the project from this recipe if there is none of that name (milo project recipes lists them).
        format: Name of the format, if the file's suffix does not tell.
        field: Which column fills a field of the project, as --field.text body. Default: guessed.
        key: Column with the source's own ids.
        label: Which column answers a question, as --label.objects boxes; as answers, or as --option.role says: answer, gold
            or suggestion.
        option: A setting of the format, as --option.encoding cp1252.
        copy: Copy images into the workspace; --no-copy refers to them where they are.
    """
    where = where or Where()
    if not source.exists():
        raise NotFound(f"There is no file or folder {source}.")
    mapping = _mapping(field, key, label, option or {})
    with connect(where, create=recipe is not None) as client:
        target = _target(client, project, recipe)
        with job_bar(f"Importing {source.name}", quiet=where.json) as tell:
            how: dict[str, Any] = {"format": format, "mapping": mapping, "options": option, "on_progress": tell}
            if where.is_local():
                job = target.import_path(source.resolve(), copy=copy, **how)
            else:
                job = target.import_file(source, **how)
    result = job.info.result or {}
    if where.json:
        print_json({"project": target.id, "job": job.id, **result})
    else:
        _tell_import(result)


def _mapping(
    field: dict[str, str] | None, key: str | None, label: dict[str, str] | None, option: dict[str, str]
) -> dict[str, Any] | None:
    if not (field or key or label):
        return None
    role = option.get("role", "answer")
    labels = {question: {"column": column, "role": role} for question, column in (label or {}).items()}
    return {"fields": field or {}, "key": key, "meta": "rest", "labels": labels}


def export(
    project: str,
    target: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    *,
    format: str | None = None,
    what: Annotated[str, Parameter(help='"resolved" labels, or "everything": each annotation with its source.')] = "resolved",
    status: str | None = None,
    option: dict[str, str] | None = None,
    where: Where | None = None,
) -> None:
    """Write the labels of a project to a file.

    Args:
        project: Name or id of the project.
        target: File to write; "-" for standard output. Its suffix names the format.
        format: jsonl, json, csv, parquet, sft and preference for tuning models, coco, yolo, ... Default: by the suffix.
        status: Only items in these states, by comma: new, open, done, skipped, aside (left out unless named).
        option: A setting of the format, as --option.prompt question.
    """
    where = where or Where()
    if what not in ("resolved", "everything"):
        raise Invalid(f'--what is "{what}"; it must be resolved or everything.')
    with connect(where) as client:
        found = client.project(project)
        if str(target) == "-":
            for row in found.export(what=what, status=status):
                sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
            return
        written = 0
        with bar(f"Writing {target.name} (bytes)", quiet=where.json) as tell:

            def count(size: int) -> None:
                nonlocal written
                written += size
                tell(written, None)

            found.export(target, format=format, what=what, status=status, options=option, on_bytes=count)
        partial = format not in _WHOLE
        lost = found.export_report(str(format), what=what, status=status, options=option).lost if partial else []
    if where.json:
        print_json({"project": found.id, "path": str(target), "bytes": written, **({"lost": lost} if partial else {})})
    else:
        print_text(f"Wrote {written:,} bytes to {target}.")
        for line in lost:
            print_text(f"  not carried: {line}")


def backup(target: Path, *, where: Where | None = None) -> None:
    """Copy a workspace while it is in use.

    Args:
        target: Folder to make, or a file ending in .zip. It must not exist.
    """
    where = where or Where()
    if not where.is_local():
        raise Invalid("A backup is made on the machine that has the workspace. Run it there with --workspace.")
    with bar("Copying the database (pages)", quiet=where.json) as tell:
        made = back_up(where.settings().workspace, target, tell)
    if where.json:
        print_json(made)
    else:
        print_text(f"Copied {made.bytes:,} bytes and {made.media_files} media files to {made.target}.")


def _target(client: Client, project: str, recipe: str | None) -> Project:
    try:
        return client.project(project)
    except NotFound:
        if recipe is None or project.isdecimal():
            raise
        return client.create_project(recipe=recipe, name=project)


def _tell_import(result: dict[str, Any]) -> None:
    print_text(
        f"{result.get('added', 0):,} added, {result.get('repeated', 0):,} there already, "
        f"{result.get('equal', 0):,} equal rows kept, {result.get('bad', 0):,} bad."
    )
    for row in result.get("bad_rows", [])[:_BAD_SHOWN]:
        print_text(f"  {row.get('source', '')}, line {row.get('line')}: {row.get('reason')}")
    if result.get("bad", 0) > _BAD_SHOWN:
        print_text("  ... the rest is listed on the import page, and by --json.")
