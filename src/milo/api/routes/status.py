"""Is the server there, is it set up, and am I signed in?"""

from __future__ import annotations

import msgspec

from milo import __version__
from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Unauthenticated


class Status(msgspec.Struct):
    """`needs_setup`: there is no user yet."""

    version: str
    needs_setup: bool
    signed_in: bool


@endpoint("GET", "/status", None, reply=Status)
async def get_status(call: Call) -> Status:
    """Public: version, whether the first user must be made, whether the caller is signed in."""
    auth = call.workspace.auth
    try:
        await auth.actor(call.request)
    except Unauthenticated:
        return Status(__version__, auth.needs_setup(), False)
    return Status(__version__, False, True)
