"""The only reader of the environment: every setting, its name, its default, in one place."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from milo.domain.errors import InvalidConfig

WORKSPACE = "milo-workspace"


class Settings(msgspec.Struct, frozen=True):
    """How one process runs.

    workspace (MILO_WORKSPACE): the folder with the data. host, port (MILO_HOST, MILO_PORT): where the server listens.
    allowed_hosts (MILO_ALLOWED_HOSTS, by comma): names under which browsers may reach it; empty: any.
    session_days (MILO_SESSION_DAYS): a sign-in lasts this long after its last use. plugins (MILO_PLUGINS): a folder of
    your own plug-ins. url, token (MILO_URL, MILO_TOKEN): a server that the command line talks to. secure_cookies
    (MILO_SECURE_COOKIES): send the cookie over HTTPS only, for a server behind a proxy that ends TLS. max_upload
    (MILO_MAX_UPLOAD_GB): bytes in one uploaded file. secret_key (MILO_SECRET_KEY): the secret under which keys of connected
    models are encrypted; without it, the workspace's file milo.key holds one. trust_code: plug-in
    configurations may name Python functions; only the command line sets it, for work in the user's own process.
    """

    workspace: Path = Path(WORKSPACE)
    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: tuple[str, ...] = ()
    session_days: float = 30.0
    plugins: Path | None = None
    url: str | None = None
    token: str | None = None
    secure_cookies: bool = False
    trust_code: bool = False
    max_upload: int = 20 << 30
    secret_key: str | None = None


def from_environment(environment: dict[str, str] | None = None) -> Settings:
    """The settings of this process. Raises InvalidConfig for a value that is none."""
    env = dict(os.environ) if environment is None else environment
    plugins = env.get("MILO_PLUGINS")
    return Settings(
        workspace=Path(env.get("MILO_WORKSPACE") or WORKSPACE),
        host=env.get("MILO_HOST") or "127.0.0.1",
        port=int(_number(env, "MILO_PORT", 8000)),
        allowed_hosts=tuple(h.strip() for h in env.get("MILO_ALLOWED_HOSTS", "").split(",") if h.strip()),
        session_days=_number(env, "MILO_SESSION_DAYS", 30.0),
        plugins=Path(plugins) if plugins else None,
        url=env.get("MILO_URL") or None,
        token=env.get("MILO_TOKEN") or None,
        secure_cookies=env.get("MILO_SECURE_COOKIES", "").lower() in ("1", "true", "yes"),
        secret_key=env.get("MILO_SECRET_KEY") or None,
        max_upload=int(_number(env, "MILO_MAX_UPLOAD_GB", 20.0) * (1 << 30)),
    )


def variable(name: str) -> str | None:
    """A variable that the user named, such as one that holds a key."""
    return os.environ.get(name)


def _number(env: dict[str, str], name: str, default: float) -> float:
    text = env.get(name)
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        raise InvalidConfig(f'{name} is "{text}"; it must be a number.', place=name) from None
