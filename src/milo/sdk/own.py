"""Models of the owner's own, registered with a workspace: ONNX files on the server's disk, services by address."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.sdk.http import Http


class OwnModelInfo(msgspec.Struct, frozen=True):
    """A registered model as it was when asked for. `place` and `settings` are told to owners only."""

    id: int
    name: str
    kind: str
    task: str
    detail: str
    labels: list[str]
    place: str | None = None
    settings: dict[str, Any] | None = None


class OwnModel:
    """A registered model."""

    def __init__(self, http: Http, info: OwnModelInfo) -> None:
        self._http, self.info = http, info

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    def test(self) -> OwnModelInfo:
        """Look at it again: is the file there, does the service answer?"""
        self.info = self._http.call("POST", f"/own-models/{self.info.id}/test", OwnModelInfo)
        return self.info

    def remove(self) -> None:
        """Forget it; a file stays where it is."""
        self._http.send("DELETE", f"/own-models/{self.info.id}")
