"""Whose address it is: told from the text alone, without a network.

Stands alone because a rule like "local models only" rests on it, so that every plug-in that is reached by address must read one
the same way. A name that only a network could explain, and a spelling that programs read differently, counts as another
machine: then a rule refuses too much, never too little.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_this_machine(address: str) -> bool:
    """Whether an address (with its scheme) is this very machine: localhost, a name under it, 127.x.x.x or ::1."""
    host = _host(address)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    number = _number(host)
    return number is not None and number.is_loopback


def is_link_local(address: str) -> bool:
    """Whether an address (with its scheme) belongs to the network card alone, where clouds keep a machine's secrets."""
    number = _number(_host(address))
    return number is not None and number.is_link_local


def _host(address: str) -> str:
    try:
        return (urlsplit(address.strip()).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The number that a host is; an IPv4 number in IPv6 dress is the IPv4 number."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return None
    return number.ipv4_mapped or number if isinstance(number, ipaddress.IPv6Address) else number
