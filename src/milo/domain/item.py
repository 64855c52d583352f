"""What is labelled: an `Item`, its content hash, its stable random number and its place in the blind slice."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to label; immutable.

    `data` holds the named fields. A text field is a string; a media field is `{"media": id, "mime": ..., "width": ...,
    "height": ...}`; a chat field is a list of `{"role", "content"}`. `key` is the source's own id, if it had one.
    `ord` is the position in import order within the project, from 1.
    """

    id: int
    project_id: int
    ord: int
    data: dict[str, Any]
    meta: dict[str, Any] = {}
    key: str | None = None
    status: int = 0
    blind: bool = False


def content_hash(data: dict[str, Any]) -> bytes:
    """A 16-byte hash of an item's content that does not depend on the order of the fields."""
    return hashlib.blake2b(_encoder.encode(data), digest_size=16).digest()


def unit_hash(secret: bytes, purpose: str, ident: bytes) -> float:
    """A number in [0, 1) fixed by a secret key, a purpose and an identity; uniform over identities."""
    digest = hashlib.blake2b(ident, key=secret[:64], person=purpose.encode()[:16], digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def is_blind(secret: bytes, ident: bytes, share: float) -> bool:
    """Whether the item belongs to the blind slice: `share` of all identities, unpredictable without the secret."""
    return unit_hash(secret, "blind", ident) < share
