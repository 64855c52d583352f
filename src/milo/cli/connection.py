"""How a command reaches a workspace: over the network, through the server that holds it, or by opening it itself.

Whichever it is, the command speaks to it through the same client. A workspace that nobody holds is opened by a private
server inside this process.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from milo.domain.errors import Conflict, NotFound
from milo.infra.lock import is_held, read_note
from milo.sdk import Client
from milo.settings import Settings, from_environment


@Parameter(name="*")
@dataclass
class Where:
    """Which workspace or server.

    Args:
        workspace: Folder with the data. Default: MILO_WORKSPACE or ./milo-workspace.
        url: Address of a running server instead. Default: MILO_URL.
        token: Token for that server. Default: MILO_TOKEN.
        json: Print JSON instead of text.
    """

    workspace: Annotated[Path | None, Parameter(name=["--workspace", "-w"])] = None
    url: str | None = None
    token: str | None = None
    json: Annotated[bool, Parameter(negative="")] = False

    def settings(self) -> Settings:
        """The settings of this process with these options applied."""
        found = from_environment()
        url = self.url or (found.url if self.workspace is None else None)
        return msgspec.structs.replace(
            found, workspace=self.workspace or found.workspace, url=url, token=self.token or found.token
        )

    def is_local(self) -> bool:
        """Whether the workspace is a folder on this machine."""
        return self.settings().url is None


@contextmanager
def connect(where: Where, *, create: bool = False, owner_needed: bool = True) -> Generator[Client]:
    """A client for the workspace. Raises NotFound if there is none, unless `create`; Conflict if it has no owner yet."""
    settings = where.settings()
    if settings.url is not None:
        with Client(settings.url, token=settings.token) as client:
            yield client
        return
    if not create and not (settings.workspace / "milo.db").is_file():
        raise NotFound(f"There is no workspace at {settings.workspace}. Start one with: milo serve -w {settings.workspace}")
    if is_held(settings.workspace):
        with _running(settings.workspace) as client:
            yield client
        return
    with _opened(settings, owner_needed) as client:
        yield client


def _running(workspace: Path) -> Client:
    note = read_note(workspace)
    if note is None:
        raise Conflict(f"Another program holds {workspace} and did not say where it listens. Use --url and --token.")
    return Client(note.url, token=note.token)


@contextmanager
def _opened(settings: Settings, owner_needed: bool) -> Generator[Client]:
    trusting = msgspec.structs.replace(settings, trust_code=True)
    server = import_module("milo.api.server").PrivateServer(trusting)
    try:
        with Client(server.url) as visitor:
            has_owner = not visitor.status().needs_setup
        if owner_needed and not has_owner:
            raise Conflict("This workspace has no owner yet. Create one with: milo user add LOGIN")
        with Client(server.url, token=server.token if has_owner else None) as client:
            yield client
    finally:
        server.close()
