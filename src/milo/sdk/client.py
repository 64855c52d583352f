"""The entry point of the Python client."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
import msgspec

from milo.domain.errors import Conflict, MiloError, NotFound
from milo.domain.people import Role
from milo.domain.project import ProjectSpec
from milo.sdk.connections import Connection, ConnectionInfo, LedgerLine, LedgerTotal, ledger_lines
from milo.sdk.http import Http
from milo.sdk.jobs import Job
from milo.sdk.own import OwnModel, OwnModelInfo
from milo.sdk.predicting import OwnPredictor, Predicted
from milo.sdk.project import Project
from milo.sdk.shapes import JobInfo, Me, ProjectInfo, Recipe, Session, Status, Token, User


class Client:
    """A connection to a Milo server.

    >>> from milo import Client
    >>> client = Client("http://127.0.0.1:8000", token="milo_...")         # doctest: +SKIP
    >>> for project in client.projects():                                  # doctest: +SKIP
    ...     print(project.name, project.info.counts.done)

    Give a token, or login and password. Requests that may be repeated are retried while the server is away. Errors are those of
    `milo.domain.errors`.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        login: str | None = None,
        password: str | None = None,
        timeout: float = 60.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._http = Http(url, timeout, transport)
        if token is not None:
            self._http.sign("Authorization", f"Bearer {token}")
        elif login is not None and password is not None:
            self._sign_in(login, password)

    def _sign_in(self, login: str, password: str) -> None:
        try:
            session = self._http.call("POST", "/login", Session, {"login": login, "password": password})
        except MiloError:
            self.close()
            raise
        self._http.sign("X-CSRF-Token", session.csrf)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def url(self) -> str:
        """The server's address."""
        return self._http.url

    def status(self) -> Status:
        """Whether the server is there and knows the caller."""
        return self._http.get("/status", Status)

    def me(self) -> User:
        """The caller."""
        return self._http.get("/me", Me).user

    def set_up(self, login: str, password: str, name: str = "") -> User:
        """Create the first user, who owns the workspace, and go on as that user."""
        body = {"login": login, "password": password, "name": name}
        session = self._http.call("POST", "/setup", Session, body)
        self._http.sign("X-CSRF-Token", session.csrf)
        return session.user

    def thumbnail(self, media: int, size: int = 256) -> bytes:
        """A small upright picture (WebP) of an image, by the number of its file."""
        return self._http.send("GET", f"/media/{media}/thumb", query={"size": size}).content

    def projects(self) -> list[Project]:
        """The projects that the caller may see."""
        return [Project(self._http, one) for one in self._http.get("/projects", list[ProjectInfo])]

    def project(self, which: int | str) -> Project:
        """A project by id or name. Raises NotFound, or Conflict where two have the name."""
        if isinstance(which, int) or which.isdecimal():
            return Project(self._http, self._http.get(f"/projects/{which}", ProjectInfo))
        found = [one for one in self.projects() if one.name == which]
        if not found:
            known = ", ".join(f'"{one.name}"' for one in self.projects()) or "none"
            raise NotFound(f'There is no project "{which}". Projects: {known}.')
        if len(found) > 1:
            ids = ", ".join(str(one.id) for one in found)
            raise Conflict(f'Several projects are called "{which}": {ids}. Name one by its id.')
        return found[0]

    def create_project(
        self,
        spec: ProjectSpec | dict[str, Any] | None = None,
        *,
        recipe: str | None = None,
        file: str | Path | None = None,
        **changes: Any,
    ) -> Project:
        """Create a project from a spec, a recipe or a project file; keywords replace parts of it, such as `name`."""
        if file is not None:
            body = {"text": Path(file).read_text(encoding="utf-8")}
            project = Project(self._http, self._http.call("POST", "/projects/from-file", ProjectInfo, body))
            return project.change(**changes) if changes else project
        start = self.recipe(recipe).spec if recipe is not None else spec
        given = msgspec.to_builtins(start) if isinstance(start, ProjectSpec) else dict(start or {})
        return Project(self._http, self._http.call("POST", "/projects", ProjectInfo, {**given, **changes}))

    def recipes(self) -> list[Recipe]:
        """Ready-made project set-ups."""
        return self._http.get("/recipes", list[Recipe])

    def recipe(self, name: str) -> Recipe:
        """One of them. Raises NotFound."""
        found = {one.name: one for one in self.recipes()}
        if name not in found:
            raise NotFound(f'There is no recipe "{name}". Recipes: {", ".join(found)}.')
        return found[name]

    def own_models(self) -> list[OwnModel]:
        """Models of the owner's own that are registered."""
        return [OwnModel(self._http, one) for one in self._http.get("/own-models", list[OwnModelInfo])]

    def add_own_model(self, name: str, kind: str, place: str, **settings: Any) -> OwnModel:
        """Register an ONNX file or folder on the server's disk (kind "onnx"), or a service by its address (kind "service")."""
        body = {"name": name, "kind": kind, "place": place, "settings": settings}
        return OwnModel(self._http, self._http.call("POST", "/own-models", OwnModelInfo, body))

    def users(self) -> list[User]:
        """Everybody in the workspace."""
        return self._http.get("/users", list[User])

    def add_user(self, login: str, password: str, *, name: str = "", role: Role = "annotator") -> User:
        """Create a user."""
        body = {"login": login, "password": password, "name": name, "role": role}
        return self._http.call("POST", "/users", User, body)

    def change_user(self, user_id: int, **changes: Any) -> User:
        """Change `name`, `role`, `active` or `password` of a user."""
        return self._http.call("PATCH", f"/users/{user_id}", User, changes)

    def add_token(self, name: str) -> Token:
        """Make a token for a program. Its secret is told this once."""
        return self._http.call("POST", "/tokens", Token, {"name": name})

    def tokens(self) -> list[Token]:
        """The caller's tokens, without their secrets."""
        return self._http.get("/tokens", list[Token])

    def drop_token(self, token_id: int) -> None:
        """Revoke a token."""
        self._http.send("DELETE", f"/tokens/{token_id}")

    def share_rubric(self, text: str) -> dict[str, Any]:
        """Store a rubric, given as the text of its YAML or JSON file, that every project may use; owners only."""
        return self._http.call("POST", "/rubrics", dict[str, Any], {"text": text})

    def connections(self) -> list[Connection]:
        """The connected models."""
        return [Connection(self._http, one) for one in self._http.get("/connections", list[ConnectionInfo])]

    def connection(self, name: str) -> Connection:
        """One of them. Raises NotFound."""
        found = {one.name: one for one in self.connections()}
        if name not in found:
            raise NotFound(f'There is no connected model "{name}". Connected: {", ".join(found) or "none"}.')
        return found[name]

    def add_connection(self, name: str, plugin: str, model: str = "", *, key: str | None = None, **more: Any) -> Connection:
        """Connect a model; `more` are `config`, `limits`, `prices` and `local`."""
        body = {"name": name, "plugin": plugin, "model": model, "key": key, **more}
        return Connection(self._http, self._http.call("POST", "/connections", ConnectionInfo, body))

    def ledger(self, *, limit: int = 100, **wanted: Any) -> list[LedgerLine]:
        """The newest calls of connected models; `wanted`: project, connection, purpose, state, run, item, since, until."""
        return ledger_lines(self._http, "/ledger", limit, wanted)

    def ledger_totals(self, by: str = "connection", **wanted: Any) -> list[LedgerTotal]:
        """Calls added up by connection, model, purpose, day, project, user or state."""
        return self._http.get("/ledger/totals", list[LedgerTotal], {"by": by, **wanted})

    def jobs(self) -> list[Job]:
        """Background jobs, newest first."""
        return [Job(self._http, one) for one in self._http.get("/jobs", list[JobInfo])]

    def job(self, job_id: int) -> Job:
        """A background job."""
        return Job(self._http, self._http.get(f"/jobs/{job_id}", JobInfo))


def run_predictor(
    model: OwnPredictor, project: int | str, *, url: str = "http://127.0.0.1:8000", token: str | None = None, **how: Any
) -> Predicted:
    """Let a function of yours answer the items of a project; `how` as in `Project.predict`."""
    with Client(url, token=token) as client:
        return client.project(project).predict(model, **how)
