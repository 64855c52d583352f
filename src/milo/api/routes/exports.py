"""Taking labels out: a streamed download."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Literal

from starlette.responses import Response, StreamingResponse

from milo.api.endpoint import Call, endpoint
from milo.api.routes.items import FilterQuery, filter_of
from milo.infra.exporting import ExportArgs, Pipe, start_export, writer_of


class ExportQuery(FilterQuery, kw_only=True):
    """`format`: jsonl, csv, json or parquet; `what`: resolved labels, or every annotation as well; `excel_safe`: guard CSV
    cells that a spreadsheet would take for a formula. The filter of a list narrows it."""

    format: str = "jsonl"
    what: Literal["resolved", "everything"] = "resolved"
    excel_safe: bool = False


@endpoint("GET", "/projects/{p}/export", "item.export", query=ExportQuery, reply=bytes, media_type="application/octet-stream")
def export_labels(call: Call) -> Response:
    """Download the labels with where they come from. What was exported as jsonl or parquet can be imported without loss."""
    query: ExportQuery = call.query
    project = call.workspace.projects.get(call.project_id)
    writer = writer_of(call.workspace, query.format)
    options = {"excel_safe": True} if query.excel_safe else {}
    args = ExportArgs(query.format, query.what == "everything", filter_of(call), options)
    pipe = start_export(call.workspace, project, args)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", project.spec.name).strip("-")[:60] or "project"
    suffix = writer.suffixes[0] if writer.suffixes else f".{writer.name}"
    headers = {"Content-Disposition": f'attachment; filename="{name}{suffix}"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(pipe), media_type=writer.media_type, headers=headers)


async def _pieces(pipe: Pipe) -> AsyncIterator[bytes]:
    """What the writer made so far; the connection breaks off if writing fails, so that nobody takes a part for the whole."""
    try:
        while (piece := await asyncio.to_thread(pipe.take)) is not None:
            yield piece
    finally:
        pipe.leave()
