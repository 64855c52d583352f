"""The ML backend protocol of Label Studio, as a client: /health, /setup, /predict. One place for limits and for errors in
words.

Addresses are the owner's; redirects are not followed, proxies of the environment are not used, and an answer may have so many
bytes and take so long, no more. Source: the routes of label-studio-ml-backend.
"""

from __future__ import annotations

import re
import time
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec

from milo.domain.addresses import is_link_local
from milo.domain.errors import BadAnswer, InvalidConfig, ModelRefused, Unreachable

MOST_BYTES = 32 << 20
SECONDS = 30.0
_LONGEST = 600.0
_SETTINGS = ("timeout", "files")
_PROJECT = "1.1"


def check_address(place: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address without a slash at its end, and the completed settings. Raises InvalidConfig."""
    parts = urlsplit(place.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("http", "https") or not parts.hostname or port == -1 or re.search(r"\s", place.strip()):
        raise InvalidConfig(f'"{place[:200]}" is no address; write it as http://127.0.0.1:9090.', place="place")
    if is_link_local(place):
        raise InvalidConfig(
            f'"{place[:200]}" is an address of the machine\'s own network card, where no service runs.', place="place"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidConfig("The address must hold no password, query or fragment.", place="place")
    unknown = sorted(set(settings) - set(_SETTINGS))
    if unknown:
        raise InvalidConfig(
            f"A service has no setting {', '.join(unknown)}. Settings: {', '.join(_SETTINGS)}.", place="settings"
        )
    timeout, files = settings.get("timeout", SECONDS), settings.get("files", "path")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0.1 <= timeout <= _LONGEST:
        raise InvalidConfig(f"timeout is {timeout!r}; it must be 0.1 to {_LONGEST:.0f} seconds.", place="settings.timeout")
    if files not in ("path", "inline"):
        raise InvalidConfig(f'files is {files!r}; it must be "path" or "inline".', place="settings.files")
    return place.strip().rstrip("/"), {"timeout": float(timeout), "files": files}


class Backend:
    """One service. Use as a context manager."""

    def __init__(self, address: str, seconds: float) -> None:
        import httpx2

        self.address, self.seconds = address, seconds
        self._client = httpx2.Client(timeout=seconds, follow_redirects=False, trust_env=False)

    def __enter__(self) -> Backend:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def health(self) -> dict[str, Any]:
        """What it says of itself. Raises as `_send`."""
        found = self._send("GET", "/health", None)
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    def setup(self, label_config: str) -> str:
        """Tell it the label config; the version of its model, where it says so."""
        found = self._send("POST", "/setup", {"project": _PROJECT, "schema": label_config, "hostname": "", "access_token": ""})
        version = cast("dict[str, Any]", found).get("model_version") if isinstance(found, dict) else None
        return "" if version is None else str(version)[:80]

    def predict(self, tasks: list[dict[str, Any]], label_config: str) -> list[dict[str, Any]]:
        """One prediction for each task, {} where there is none. Raises BadAnswer for what is no list of that length."""
        body = {"tasks": tasks, "project": _PROJECT, "label_config": label_config, "params": {"context": None}}
        found = self._send("POST", "/predict", body)
        results = cast("dict[str, Any]", found).get("results") if isinstance(found, dict) else None
        if not isinstance(results, list) or len(cast("list[Any]", results)) != len(tasks):
            got = f"{len(cast('list[Any]', results))} results" if isinstance(results, list) else "no results"
            raise BadAnswer(f"The service was given {len(tasks)} tasks and answered with {got}.")
        firsts = [one[0] if isinstance(one, list) and one else one for one in cast("list[Any]", results)]
        return [cast("dict[str, Any]", one) if isinstance(one, dict) else {} for one in firsts]

    def _send(self, method: str, path: str, body: Any) -> Any:
        """Raises Unreachable, ModelRefused for a status that says no, BadAnswer for what is no JSON or too large."""
        import httpx2

        where = f"{self.address}{path}"
        content = None if body is None else msgspec.json.encode(body)
        end = time.monotonic() + self.seconds
        try:
            with self._client.stream(method, where, content=content, headers={"Content-Type": "application/json"}) as reply:
                raw = bytearray()
                for block in reply.iter_bytes(1 << 16):
                    raw += block
                    if len(raw) > MOST_BYTES:
                        raise BadAnswer(f"The answer of {where} is larger than {MOST_BYTES >> 20} MiB.")
                    if time.monotonic() > end:
                        raise Unreachable(f"{where} took longer than {self.seconds:g} s to answer.")
                status = reply.status_code
        except httpx2.TimeoutException:
            raise Unreachable(f"{where} did not answer within {self.seconds:g} s.") from None
        except httpx2.HTTPError as error:
            raise Unreachable(f"{where} cannot be reached: {str(error)[:200] or type(error).__name__}. Does it run?") from None
        if status != 200 and not (method == "POST" and 200 <= status < 300):
            words = bytes(raw[:300]).decode("utf-8", "replace")
            raise ModelRefused(f"{where} answered {status}: {words or 'nothing'}")
        try:
            return msgspec.json.decode(bytes(raw))
        except (msgspec.DecodeError, RecursionError):
            begins = bytes(raw[:80]).decode("utf-8", "replace")
            raise BadAnswer(f"The answer of {where} is no JSON; it begins with {begins!r}.", raw=begins) from None
