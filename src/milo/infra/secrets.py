"""Keys of connected models, encrypted at rest: AES-256-GCM under one secret of the workspace.

The secret is a file beside the database that only its owner may read, or a setting of the process. It is no part of a
backup, so that a backup that goes astray opens nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from milo.domain.errors import Conflict, InvalidConfig, MissingExtra, StorageTrouble

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "milo.key"
_VERSION = b"\x01"
_PURPOSE = b"milo connection key"
_SHORTEST = 24


class Secrets:
    """Seals and opens texts. `given` is the secret from the settings; without one the file in the workspace counts, made when
    first needed."""

    def __init__(self, workspace: Path, given: str | None = None) -> None:
        self._file, self._given = workspace / KEY_FILE, given
        self._secret: bytes | None = None

    def seal(self, text: str) -> bytes:
        """The text encrypted. Raises MissingExtra without the library for it."""
        secret = self._get(make=True)
        nonce = secrets.token_bytes(12)
        sealed = _cipher(secret).encrypt(nonce, text.encode(), _PURPOSE)
        return _VERSION + _mark(secret) + nonce + sealed

    def open(self, sealed: bytes) -> str:
        """The text again. Raises Conflict if it was sealed under another secret."""
        secret = self._get(make=False)
        if sealed[:1] != _VERSION or sealed[1:5] != _mark(secret):
            raise Conflict(
                f"The key was stored under another secret than {self._where()} holds. Enter the key again.", place="key"
            )
        from cryptography.exceptions import InvalidTag

        try:
            return _cipher(secret).decrypt(sealed[5:17], sealed[17:], _PURPOSE).decode()
        except InvalidTag:
            raise Conflict("The stored key is damaged. Enter the key again.", place="key") from None

    def _where(self) -> str:
        return "MILO_SECRET_KEY" if self._given else str(self._file.name)

    def _get(self, *, make: bool) -> bytes:
        if self._secret is None:
            self._secret = _stretched(self._given) if self._given else self._from_file(make)
        return self._secret

    def _from_file(self, make: bool) -> bytes:
        try:
            return b64decode(self._file.read_bytes(), validate=False)
        except FileNotFoundError:
            if not make:
                raise Conflict(
                    f"The keys of connected models cannot be opened: {self._file.name} is not in the workspace. Copy it from "
                    "where the workspace came from, or enter the keys again.",
                    place="key",
                ) from None
        except OSError as error:
            raise StorageTrouble(f"{self._file} cannot be read: {error.strerror}.") from error
        return self._make()

    def _make(self) -> bytes:
        secret = secrets.token_bytes(32)
        try:
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(b64encode(secret) + b"\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise StorageTrouble(f"{self._file} cannot be written: {error.strerror}.") from error
        return secret


def _stretched(given: str) -> bytes:
    """Thirty-two bytes of a secret from the settings."""
    if len(given) < _SHORTEST:
        raise InvalidConfig(
            f"MILO_SECRET_KEY is too short; it needs {_SHORTEST} characters or more. Make one with: openssl rand -base64 32",
            place="MILO_SECRET_KEY",
        )
    return hashlib.scrypt(given.encode(), salt=_PURPOSE, n=2**14, r=8, p=1, dklen=32)


def _mark(secret: bytes) -> bytes:
    """Four bytes that tell secrets apart and tell nothing about them."""
    return hashlib.sha256(_PURPOSE + secret).digest()[:4]


def _cipher(secret: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise MissingExtra("Storing the key of a connected model", "llm") from None
    return AESGCM(secret)
