"""What all providers that speak HTTP share: addresses, errors by status, waits that a server asked for."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from milo.domain.addresses import is_link_local
from milo.domain.errors import InvalidConfig, ModelRefused, ModelTrouble, RateLimited, Unreachable
from milo.kinds.provider import SAYS, Allowance, without_key

_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "credit balance", "billing details")
_AGAIN_LATER = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_NEVER = ("not supported", "unsupported", "does not support")
"""Some servers call it their own failure when they cannot do what was asked."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SHOWN = 400


def check_address(address: Any, place: str = "config.base_url") -> str:
    """The address without a slash at its end. Its owner may name a local one. Raises InvalidConfig."""
    text = str(address or "").strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidConfig(f'The address "{text}" cannot be read: {error}.', place=place) from error
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidConfig(f'The address "{text}" must begin with http:// or https:// and name a server.', place=place)
    if parts.username or parts.password:
        raise InvalidConfig("The address must hold no password. Enter the key in its own field.", place=place)
    if parts.query or parts.fragment:
        raise InvalidConfig(f'The address "{text}" must have no part after "?" or "#".', place=place)
    if is_link_local(text):
        raise InvalidConfig(f'The address "{host}" belongs to the machine\'s own metadata, where no model is.', place=place)
    return text


def trouble(status: int, headers: Mapping[str, str], body: bytes, key: str | None, address: str) -> ModelTrouble:
    """The error that an answer with this status is."""
    if 300 <= status < 400:
        target = without_key(headers.get("Location", "another address"), key)[:200]
        return ModelRefused(
            f"{address} sends on to {target}; Milo does not follow, since the key and the data were meant for the address "
            "that was entered. If it is right, enter it instead."
        )
    said = _said(body, key)
    again = retry_after(headers)
    if status == 429 and not any(word in said for word in _NO_CREDIT):
        return RateLimited(f"{address} says: slow down.{said}", retry_after=again)
    if status in _AGAIN_LATER and not any(word in said for word in _NEVER):
        return Unreachable(f"{address} failed (status {status}).{said}", retry_after=again)
    return ModelRefused(f"{address} {_REFUSED.get(status, f'refused the request (status {status})')}.{said}")


_REFUSED = {
    401: "does not take the key (status 401)",
    402: "wants to be paid first (status 402)",
    403: "does not allow this with this key (status 403)",
    404: "knows no such model or address (status 404)",
    413: "finds the request too large (status 413)",
    429: "says that the account has no credit left (status 429)",
}


def _said(body: bytes, key: str | None) -> str:
    """The server's own words, as far as they can be told."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    if isinstance(found, list) and found:
        found = found[0]
    error = found.get("error", found) if isinstance(found, dict) else found
    if isinstance(error, dict):
        parts = [str(error.get(k)) for k in ("message", "detail", "code", "param") if error.get(k)]
        error = ": ".join(dict.fromkeys(parts[:1] + [p for p in parts[1:] if p not in parts[0]]))
    text = without_key(" ".join(str(error).split()), key)
    return f'{SAYS}{text[:_SHOWN]}"' if text else ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait: a number, or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        text = headers.get(name)
        if text is None:
            continue
        try:
            seconds = float(text) * unit
        except ValueError:
            seconds = _until(text)
        if seconds is not None and math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _until(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None


def allowance(headers: Mapping[str, str]) -> Allowance | None:
    """What is left, as OpenAI's and Anthropic's headers tell it; None where they are silent."""
    if "x-ratelimit-remaining-requests" not in headers and "x-ratelimit-remaining-tokens" not in headers:
        return None
    return Allowance(
        _number(headers.get("x-ratelimit-remaining-requests")),
        span(headers.get("x-ratelimit-reset-requests")),
        _number(headers.get("x-ratelimit-remaining-tokens")),
        span(headers.get("x-ratelimit-reset-tokens")),
    )


def span(text: str | None) -> float | None:
    """Seconds of "6m0s", "120ms", "1.5" or a date in ISO form.

    >>> span("6m0s"), span("20ms"), span("7")
    (360.0, 0.02, 7.0)
    """
    if not text:
        return None
    plain = _number(text)
    if plain is not None:
        return plain
    parts = _SPAN.findall(text)
    return sum(float(n) * _SECONDS[unit] for n, unit in parts) if parts else None


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None
