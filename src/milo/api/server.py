"""Runs the application: opens the workspace, listens, tells the command line where, and closes in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable

import uvicorn

from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.domain.errors import Conflict
from milo.settings import Settings


class Server(uvicorn.Server):
    """Uvicorn that ends live-update streams when it is told to stop, and says when it listens."""

    def __init__(self, config: uvicorn.Config, workspace: Workspace, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._workspace, self._ready = workspace, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let streams end, then close."""
        self._workspace.wind_down()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Port 0 takes any free one. Raises Conflict if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only if told it is TCP
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Conflict(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another one with --port.") from error
    return sock


def address(sock: socket.socket) -> str:
    """The URL under which a listening socket is reached from this machine."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(settings: Settings, ready: Callable[[Workspace, str], None] | None = None, *, access_log: bool = False) -> None:
    """Serve a workspace until interrupted; `ready` is called with it and the address once it listens."""
    sock = listen(settings.host, settings.port)
    try:
        workspace = open_workspace(settings.workspace, settings)
    except BaseException:
        sock.close()
        raise
    url = address(sock)

    def listening() -> None:
        workspace.lock.announce(url, workspace.auth.local_token())
        if ready is not None:
            ready(workspace, url)

    config = uvicorn.Config(
        create_app(workspace),
        log_level="warning",
        access_log=access_log,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,
        server_header=False,
    )
    _end_in_peace()
    try:
        with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(Server(config, workspace, listening).serve([sock]))
    finally:
        workspace.close()
        sock.close()


def _end_in_peace() -> None:
    """Let SIGTERM close the workspace as Ctrl-C does: the server raises it again once connections are closed, which would end
    the process on the spot."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


class PrivateServer:
    """A server for one command of the command line: in a thread, on a free port of this machine, gone when closed."""

    def __init__(self, settings: Settings) -> None:
        self._sock = listen("127.0.0.1", 0)
        self._workspace = open_workspace(settings.workspace, settings)
        self.url = address(self._sock)
        self.token = self._workspace.auth.local_token()
        started = threading.Event()
        config = uvicorn.Config(create_app(self._workspace), log_level="warning", timeout_graceful_shutdown=5)
        self._server = Server(config, self._workspace, started.set)
        self._thread = threading.Thread(target=self._run, name="milo-private-server", daemon=True)
        self._thread.start()
        started.wait(timeout=30)
        self._workspace.lock.announce(self.url, self.token)

    def close(self) -> None:
        """Stop serving and close the workspace."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._workspace.close()
        self._sock.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._sock]))
