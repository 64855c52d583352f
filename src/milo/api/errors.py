"""The only place that turns errors into HTTP."""

from __future__ import annotations

import errno
import logging
import math

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from milo.domain.errors import (
    BudgetSpent,
    Conflict,
    Forbidden,
    Invalid,
    MiloError,
    MissingExtra,
    ModelTrouble,
    NotFound,
    RuleForbids,
    StorageTrouble,
    TooMany,
    Unauthenticated,
)

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
log = logging.getLogger("milo")
_STATUS: tuple[tuple[type[MiloError], int], ...] = (
    (Invalid, 422),
    (NotFound, 404),
    (Conflict, 409),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (TooMany, 429),
    (ModelTrouble, 502),
    (RuleForbids, 403),
    (BudgetSpent, 402),
    (MissingExtra, 501),
    (StorageTrouble, 503),
)


class ErrorBody(msgspec.Struct):
    """What went wrong: the kind of error, a message for people, and the field or path at fault."""

    code: str
    message: str
    place: str | None = None


class ErrorReply(msgspec.Struct):
    """The body of every answer that is not a success."""

    error: ErrorBody


def status_of(error: MiloError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, StorageTrouble) and "full" in error.message:
        return 507
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def reply(status: int, code: str, message: str, place: str | None = None, headers: dict[str, str] | None = None) -> Response:
    """An error as a response."""
    body = msgspec.json.encode(ErrorReply(ErrorBody(code, message, place)))
    return Response(body, status, headers={"Cache-Control": "no-store", **(headers or {})}, media_type="application/json")


async def on_milo_error(request: Request, error: Exception) -> Response:
    """For everything in the tree of `milo.domain.errors`."""
    if not isinstance(error, MiloError):
        return await on_crash(request, error)
    headers = {"Retry-After": str(math.ceil(error.retry_after))} if isinstance(error, TooMany) else None
    return reply(status_of(error), type(error).__name__, error.message, error.place, headers)


async def on_http_error(request: Request, error: Exception) -> Response:
    """For what the routing itself refuses."""
    if not isinstance(error, HTTPException):
        return await on_crash(request, error)
    code = {404: "NotFound", 405: "MethodNotAllowed"}.get(error.status_code, "Http")
    message = error.detail if error.detail not in ("Not Found", "Method Not Allowed") else _missing(request, error)
    return reply(error.status_code, code, message, headers=dict(error.headers or {}))


async def on_os_error(request: Request, error: Exception) -> Response:
    """For a disk that is full or refuses to be written, wherever that comes up; other system errors are bugs."""
    if not isinstance(error, OSError) or error.errno not in _DISK:
        return await on_crash(request, error)
    log.error("%s %s: %s", request.method, request.url.path, error)
    full = error.errno not in (errno.EROFS, errno.EIO)
    what = (
        "The disk is full; nothing was saved. Free some space"
        if full
        else "The disk cannot be written; nothing was saved. Mend it"
    )
    return reply(507 if full else 503, "StorageTrouble", f"{what}, then try again.")


async def on_crash(request: Request, error: Exception) -> Response:
    """For bugs: the message goes to the log, not to the client."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return reply(500, "Bug", "Something went wrong inside Milo. The server's log tells what; please report it.")


def _missing(request: Request, error: HTTPException) -> str:
    if error.status_code == 405:
        return f"{request.url.path} does not take {request.method}."
    return f"There is nothing at {request.url.path}. The addresses are listed at /docs."
