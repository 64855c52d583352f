"""A real server in a process of its own, for tests that need one, and a small client for it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Api:
    """JSON over one keep-alive connection, signed in by cookie or by token."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port, self.token = port, token
        self.cookie = self.csrf = ""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def raw(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """One request; status, body, headers."""
        sent = {"Content-Type": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        elif self.cookie:
            sent["Cookie"] = self.cookie
            sent["X-CSRF-Token"] = self.csrf
        try:
            return self._exchange(method, path, body, sent)
        except (http.client.RemoteDisconnected, BrokenPipeError):  # kept alive for too long, on a busy machine
            self._connection.close()
            return self._exchange(method, path, body, sent)

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        self._connection.request(method, path, body, headers)
        reply = self._connection.getresponse()
        return reply.status, reply.read(), {k.lower(): v for k, v in reply.getheaders()}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request that must succeed; its decoded answer."""
        data = None if body is None else json.dumps(body).encode()
        status, out, _ = self.raw(method, path, data)
        assert status < 400, (method, path, status, out[:500])
        return json.loads(out) if out else None

    def sign_in(self, path: str, body: dict[str, Any]) -> None:
        """Set up or log in, and keep the cookie."""
        status, out, headers = self.raw("POST", path, json.dumps(body).encode())
        assert status < 400, (status, out[:500])
        self.cookie = headers["set-cookie"].split(";", 1)[0]
        self.csrf = json.loads(out)["csrf"]

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


class Server:
    """`milo serve` on a workspace."""

    def __init__(self, workspace: Path, port: int | None = None) -> None:
        self.workspace, self.port = workspace, port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "milo.cli.main", "serve", "--workspace", str(self.workspace), "--port", str(self.port)]
        log = (self.workspace.parent / f"{self.workspace.name}.log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        log.close()
        self._wait()
        return self

    def _wait(self) -> None:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError((self.workspace.parent / f"{self.workspace.name}.log").read_text()[-3000:])
            try:
                api = Api(self.port)
                api.call("GET", "/api/status")
                api.close()
                return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        self.kill()
        raise AssertionError("The server did not answer within two minutes.")

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: let it finish."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)

    def owner(self) -> Api:
        """The owner, created on first use."""
        api = Api(self.port)
        status = api.call("GET", "/api/status")
        path = "/api/setup" if status["needs_setup"] else "/api/login"
        api.sign_in(path, {"login": "owner", "password": PASSWORD})
        return api

    def person(self, owner: Api, login: str, project: int, role: str = "annotator") -> Api:
        """A person with a role in a project, signed in."""
        user = owner.call("POST", "/api/users", {"login": login, "name": login, "password": PASSWORD, "role": "annotator"})
        owner.call("PUT", f"/api/projects/{project}/members/{user['id']}", {"role": role})
        api = Api(self.port)
        api.sign_in("/api/login", {"login": login, "password": PASSWORD})
        return api
