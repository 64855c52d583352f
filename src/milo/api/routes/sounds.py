"""The waveform, the spectrogram, the pitch and the intensity of a sound, for members of its project: what there
is of it, and its tiles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.media import media_row
from milo.infra.sounds import Intensity, Pitch, Spectrogram, Waveform

_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_BYTES = "application/octet-stream"


class ChannelQuery(msgspec.Struct):
    """One channel by its number from 0; without it, all are mixed."""

    channel: int | None = None


@endpoint("GET", "/media/{m}/waveform", "self", query=ChannelQuery, reply=Waveform)
async def get_waveform(call: Call) -> Waveform:
    """How loud a sound is over time, in levels of resolution. The first time it is made, which takes seconds for an hour."""
    sounds, channel = call.workspace.data.sounds, call.query.channel
    return await _apart(call, lambda row: sounds.waveform(row, channel))


@endpoint("GET", "/media/{m}/spectrogram", "self", reply=Spectrogram)
async def get_spectrogram(call: Call) -> Spectrogram:
    """Which frequencies a sound holds over time, in levels of resolution. The first time it is made."""
    return await _apart(call, call.workspace.data.sounds.spectrogram)


@endpoint("GET", "/media/{m}/waveform/{level}/{tile}", "self", query=ChannelQuery, reply=bytes, media_type=_BYTES)
async def get_waveform_tile(call: Call) -> Response:
    """The lowest and highest samples, int16 in pairs, of one tile of a level."""
    level, tile, channel = call.params["level"], call.params["tile"], call.query.channel
    data = await _apart(call, lambda row: call.workspace.data.sounds.peaks(row, level, tile, channel))
    return Response(data, media_type=_BYTES, headers=_FOREVER)


@endpoint("GET", "/media/{m}/spectrogram/{level}/{tile}", "self", reply=bytes, media_type=_BYTES)
async def get_spectrogram_tile(call: Call) -> Response:
    """Columns of bytes, one for each frequency, of one tile of a level."""
    level, tile = call.params["level"], call.params["tile"]
    data = await _apart(call, lambda row: call.workspace.data.sounds.columns(row, level, tile))
    return Response(data, media_type=_BYTES, headers=_FOREVER)


@endpoint("GET", "/media/{m}/pitch", "self", reply=Pitch)
async def get_pitch(call: Call) -> Pitch:
    """The pitch of a voice over time, in levels of resolution. The first time it is made, which takes seconds for an hour."""
    return await _apart(call, call.workspace.data.sounds.pitch)


@endpoint("GET", "/media/{m}/pitch/{level}/{tile}", "self", reply=bytes, media_type=_BYTES)
async def get_pitch_tile(call: Call) -> Response:
    """The lowest and highest pitch, uint16 in pairs, of one tile of a level."""
    level, tile = call.params["level"], call.params["tile"]
    data = await _apart(call, lambda row: call.workspace.data.sounds.pitches(row, level, tile))
    return Response(data, media_type=_BYTES, headers=_FOREVER)


@endpoint("GET", "/media/{m}/intensity", "self", reply=Intensity)
async def get_intensity(call: Call) -> Intensity:
    """How strong a sound is over time, in dB, in levels of resolution. The first time it is made."""
    return await _apart(call, call.workspace.data.sounds.intensity)


@endpoint("GET", "/media/{m}/intensity/{level}/{tile}", "self", reply=bytes, media_type=_BYTES)
async def get_intensity_tile(call: Call) -> Response:
    """The lowest and highest intensity, uint16 in pairs, of one tile of a level."""
    level, tile = call.params["level"], call.params["tile"]
    data = await _apart(call, lambda row: call.workspace.data.sounds.intensities(row, level, tile))
    return Response(data, media_type=_BYTES, headers=_FOREVER)


async def _apart(call: Call, make: Callable[[Any], Any]) -> Any:
    """Decoding must not hold up the threads that answer everything else."""
    loop = asyncio.get_running_loop()
    row = await loop.run_in_executor(call.workspace.db.pool, media_row, call)
    return await loop.run_in_executor(call.workspace.data.sounds.threads, make, row)
