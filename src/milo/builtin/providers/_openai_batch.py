"""OpenAI's batches: a file of requests goes up, a file of answers comes down within a day, at about half the price.

Written from the documented formats and tested against fixtures of them, never against a live account.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from milo.builtin.providers import _openai_wire as wire
from milo.builtin.providers._http import trouble
from milo.builtin.providers._openai_client import OpenAIClient
from milo.domain.errors import BadAnswer, ModelRefused, ModelTrouble
from milo.kinds.provider import BatchLine, BatchState, Request

_STATES = {
    "validating": "waiting", "in_progress": "running", "finalizing": "running", "completed": "done", "failed": "failed",
    "expired": "expired", "cancelling": "running", "cancelled": "cancelled",
}  # fmt: skip
_MOST = 1_000_000_000


class _Counts(msgspec.Struct):
    total: int = 0
    completed: int = 0
    failed: int = 0


class _Batch(msgspec.Struct):
    id: str
    status: str = ""
    request_counts: _Counts | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: Any = None


class _Response(msgspec.Struct):
    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Line(msgspec.Struct):
    custom_id: str
    response: _Response | None = None
    error: Any = None


class OpenAIBatches(OpenAIClient):
    """A client that can leave requests in a batch."""

    async def batch_submit(self, requests: Sequence[tuple[str, Request]]) -> str:
        """Leave the keyed requests; the batch's id."""
        encode = msgspec.json.Encoder().encode
        lines = [
            encode({"custom_id": k, "method": "POST", "url": "/v1/chat/completions", "body": wire.body_of(r, self._wish(r))})
            for k, r in requests
        ]
        form = self._aiohttp.FormData()
        form.add_field("purpose", "batch")
        form.add_field("file", b"\n".join(lines), filename="batch.jsonl", content_type="application/jsonl")
        bare = {k: v for k, v in self._headers.items() if k != "Content-Type"}
        file_id = str((await self._json("POST", "/files", form, bare))["id"])
        order = {"input_file_id": file_id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        return str((await self._json("POST", "/batches", encode(order)))["id"])

    async def batch_state(self, batch_id: str) -> BatchState:
        """How far it is."""
        found = await self._batch("GET", batch_id)
        counts = found.request_counts or _Counts()
        state: Any = _STATES.get(found.status, "running")
        return BatchState(found.id, state, counts.completed, counts.failed, counts.total, _why(found.errors))

    async def batch_results(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """The answers of a finished batch, in any order."""
        found = await self._batch("GET", batch_id)
        for file_id in filter(None, (found.output_file_id, found.error_file_id)):
            status, headers, body = await self.send("GET", f"/files/{file_id}/content", most=_MOST)
            if status != 200:
                raise trouble(status, headers, body, self._key, self._address)
            for line in body.splitlines():
                if line.strip():
                    yield self._line(line)

    async def batch_cancel(self, batch_id: str) -> None:
        """Give up on what has not been answered."""
        await self._batch("POST", batch_id, "/cancel")

    async def _batch(self, method: str, batch_id: str, more: str = "") -> _Batch:
        if not batch_id.replace("_", "").replace("-", "").isalnum():
            raise ModelRefused(f'"{batch_id[:60]}" is no id of a batch.')
        return msgspec.convert(await self._json(method, f"/batches/{batch_id}{more}"), _Batch)

    async def _json(self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        status, told, body = await self.send(method, path, data, headers)
        if status not in (200, 201):
            raise trouble(status, told, body, self._key, self._address)
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            raise BadAnswer(
                f"{self._address}{path} did not answer in JSON.", raw=body[:500].decode("utf-8", "replace")
            ) from None

    def _line(self, line: bytes) -> BatchLine:
        try:
            found = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            raise BadAnswer("A line of the batch's answers is damaged.", raw=line[:500].decode("utf-8", "replace")) from None
        if found.error or found.response is None:
            return BatchLine(found.custom_id, error=_why(found.error) or "It was not answered.")
        status, body = found.response.status_code, bytes(found.response.body)
        if status != 200:
            return BatchLine(found.custom_id, error=trouble(status, {}, body, self._key, self._address).message)
        try:
            reply = wire.reply_of(wire.read(body, "json"), Request(()))
        except ModelTrouble as error:
            return BatchLine(found.custom_id, error=error.message)
        return BatchLine(found.custom_id, msgspec.structs.replace(reply, text=wire.bare(reply.text)))


def _why(errors: Any) -> str:
    """What went wrong, in the server's words."""
    if isinstance(errors, dict):
        data = errors.get("data")
        found = data if isinstance(data, list) else [errors]
        return "; ".join(str(e.get("message") or e) for e in found[:3] if isinstance(e, dict))[:400]
    return str(errors)[:400] if errors else ""
