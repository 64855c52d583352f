"""Taking labels out: a streamed download."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, Literal, cast

import msgspec
from starlette.responses import Response, StreamingResponse

from milo.api.endpoint import Call, endpoint
from milo.api.routes.items import FilterQuery, filter_of
from milo.domain.errors import Invalid
from milo.infra.exporting import ExportArgs, Pipe, export_to, start_export, writer_of


class ExportQuery(FilterQuery, kw_only=True):
    """`format`: one that writes (see kinds); `what`: resolved labels, or every annotation as well; `excel_safe`: guard CSV
    cells that a spreadsheet would take for a formula; `option`: settings of the format as name:value, by comma. The filter
    of a list narrows it."""

    format: str = "jsonl"
    what: Literal["resolved", "everything"] = "resolved"
    excel_safe: bool = False
    option: str = ""


class ExportReport(msgspec.Struct):
    """What an export would hold: the items looked at, and what the format cannot carry, each in words."""

    rows: int
    lost: list[str]


@endpoint("GET", "/projects/{p}/export", "item.export", query=ExportQuery, reply=bytes, media_type="application/octet-stream")
def export_labels(call: Call) -> Response:
    """Download the labels with where they come from. What was exported as jsonl or parquet can be imported without loss."""
    query: ExportQuery = call.query
    project = call.workspace.projects.get(call.project_id)
    writer = writer_of(call.workspace, query.format)
    pipe = start_export(call.workspace, project, _args(call))
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", project.spec.name).strip("-")[:60] or "project"
    suffix = writer.suffixes[0] if writer.suffixes else f".{writer.name}"
    headers = {"Content-Disposition": f'attachment; filename="{name}{suffix}"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(pipe), media_type=writer.media_type, headers=headers)


@endpoint("GET", "/projects/{p}/export/report", "item.export", query=ExportQuery, reply=ExportReport)
def export_report(call: Call) -> ExportReport:
    """What such an export would leave out, found by making it without keeping it. Takes as long as the export itself."""
    project = call.workspace.projects.get(call.project_id)
    report = export_to(call.workspace, project, _args(call), cast("BinaryIO", _Nowhere()))
    return ExportReport(report.rows, report.lost)


class _Nowhere(io.RawIOBase):
    """A file that keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How many bytes were written."""
        return self._at

    def write(self, data: Any) -> int:
        """Forget them."""
        self._at += len(data)
        return len(data)


def _args(call: Call) -> ExportArgs:
    query: ExportQuery = call.query
    options: dict[str, Any] = {"excel_safe": True} if query.excel_safe else {}
    for given in filter(None, query.option.split(",")):
        name, colon, value = given.partition(":")
        if not colon or not name:
            raise Invalid(f'option is "{given[:100]}"; write name:value.', place="option")
        options[name] = value
    return ExportArgs(query.format, query.what == "everything", filter_of(call), options)


async def _pieces(pipe: Pipe) -> AsyncIterator[bytes]:
    """What the writer made so far; the connection breaks off if writing fails, so that nobody takes a part for the whole."""
    try:
        while (piece := await asyncio.to_thread(pipe.take)) is not None:
            yield piece
    finally:
        pipe.leave()
