"""How a route is declared: method, path, the action that rights are checked for, and the types of what goes in and out.

One declaration serves four purposes: dispatch, the check of rights (`milo.domain.people.may`, called in one place, here),
strict validation (msgspec: no silent coercion), and the OpenAPI document. A handler gets a `Call` and returns a value to
encode, or a ready `Response`. Plain functions run in the bounded thread pool; coroutines run on the event loop and must
not block or hold a transaction across an `await`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from milo.domain.errors import Forbidden, Invalid, NotFound
from milo.domain.people import Action, Actor, Role, may

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_encode = msgspec.json.Encoder().encode
MAX_BODY = 64 * 1024 * 1024


@dataclass(slots=True)
class Call:
    """One request: who asks, for which project (from the path), with what."""

    request: Request
    workspace: Workspace
    actor: Actor
    membership: Role | None
    params: dict[str, int]
    body: Any = None
    query: Any = None

    @property
    def project_id(self) -> int:
        """The project in the path."""
        return self.params["p"]

    def may(self, action: Action) -> bool:
        """Whether the caller may also do `action` on this project."""
        return may(self.actor, action, self.membership)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A declared route. `action` None means public."""

    method: str
    path: str
    action: Action | None
    handler: Callable[[Call], Any]
    body: Any = None
    query: Any = None
    reply: Any = None
    status: int = 200
    raw_body: bool = False
    media_type: str = "application/json"
    tag: str = ""
    decoder: Any = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The operation id: the handler's own name."""
        return self.handler.__name__


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    path: str,
    action: Action | None,
    *,
    body: Any = None,
    query: Any = None,
    reply: Any = None,
    status: int = 200,
    raw_body: bool = False,
    media_type: str = "application/json",
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Declare a route under `/api`. Path parameters are integers: `/projects/{p}/items/{i}`; `{p}` is the project."""

    def register(handler: Callable[[Call], Any]) -> Callable[[Call], Any]:
        decoder = msgspec.json.Decoder(body) if body is not None else None
        tag = handler.__module__.rsplit(".", 1)[-1]
        ENDPOINTS.append(
            Endpoint(method, "/api" + path, action, handler, body, query, reply, status, raw_body, media_type, tag, decoder)
        )
        return handler

    return register


def bind(end: Endpoint, workspace: Workspace) -> Callable[[Request], Any]:
    """The Starlette handler of a declared route."""
    is_async = inspect.iscoroutinefunction(end.handler)

    async def handle(request: Request) -> Response:
        params = _path_params(request)
        actor, membership = await _admit(end, workspace, request, params)
        call = Call(request, workspace, actor, membership, params)
        if end.query is not None:
            call.query = _query(request, end.query)
        if end.decoder is not None:
            call.body = _body(await _limited_body(request), end.decoder)
        if is_async:
            result = await end.handler(call)
        else:
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(workspace.db.pool, end.handler, call)
        if isinstance(result, Response):
            return result
        return Response(_encode(result), end.status, media_type="application/json")

    return handle


_NOBODY = Actor(user_id=0, login="", role="annotator")


async def _admit(end: Endpoint, workspace: Workspace, request: Request, params: dict[str, int]) -> tuple[Actor, Role | None]:
    if end.action is None:
        return _NOBODY, None
    actor = await workspace.auth.actor(request)
    project_id = params.get("p")
    membership = workspace.auth.membership(actor, project_id) if project_id is not None else None
    if not may(actor, end.action, membership):
        raise Forbidden(f'{actor.login} may not do this here ("{end.action}"). Ask the project manager for the right.')
    if project_id is not None and not workspace.projects.exists(project_id):
        raise NotFound(f"There is no project {project_id}.", place="p")
    workspace.studies.bar(project_id, actor.user_id, end.action)
    return actor, membership


def _path_params(request: Request) -> dict[str, int]:
    out: dict[str, int] = {}
    for name, value in request.path_params.items():
        if not str(value).isdecimal() or len(str(value)) > 16:
            raise NotFound(f'"{value}" is no id.', place=name)
        out[name] = int(value)
    return out


def _query(request: Request, kind: Any) -> Any:
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"The address's parameters are wrong: {error}.", place="query") from error


async def _limited_body(request: Request) -> bytes:
    length = request.headers.get("content-length")
    if length is not None and (not length.isdecimal() or int(length) > MAX_BODY):
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> Invalid:
    return Invalid(f"The body is larger than {MAX_BODY >> 20} MiB. Send it in parts, or upload a file.", place="body")


def _body(raw: bytes, decoder: Any) -> Any:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The body does not fit: {error}.", place="body") from error
    except RecursionError:
        raise Invalid("The body is nested too deeply.", place="body") from None
