"""An hour of sound: what its waveform, its spectrogram and finding speech cost, against the limit, decoding it and no more.

It stands alone because it needs no server: the work runs in a fresh process for each figure, so that CPU time and peak memory
are its own. The sound is speech-like noise made here, or a recording of yours, repeated to the length.

    python bench/audio_jobs.py [--minutes 60] [--sound recording.wav]
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results" / "audio.json"
WORK = ("decode", "peaks", "spectrogram", "speech")
RATE = 16_000


def make(folder: Path, minutes: float, sound: Path | None) -> dict[str, Path]:
    """The same sound as WAV, FLAC and MP3."""
    import av
    import numpy as np

    if sound is not None:
        with wave.open(str(sound)) as given:
            piece = np.frombuffer(given.readframes(given.getnframes()), "<i2")
    else:
        rng = np.random.default_rng(1)
        loud = np.repeat(rng.random(300) ** 3, RATE // 10)
        piece = (rng.normal(size=len(loud)) * loud * 6_000).clip(-32_768, 32_767).astype("<i2")
    whole = np.tile(piece, int(np.ceil(minutes * 60 * RATE / len(piece))))[: int(minutes * 60 * RATE)]
    files: dict[str, Path] = {}
    for name, codec, container in (("wav", "pcm_s16le", "wav"), ("flac", "flac", "flac"), ("mp3", "mp3", "mp3")):
        path = folder / f"sound.{name}"
        with av.open(str(path), "w", format=container) as made:
            stream = made.add_stream(codec, rate=RATE, layout="mono")
            for at in range(0, len(whole), RATE):
                frame = av.AudioFrame.from_ndarray(whole[at : at + RATE].reshape(1, -1), format="s16", layout="mono")
                frame.sample_rate, frame.pts = RATE, at
                resampled = av.AudioResampler(format=stream.format, layout="mono", rate=RATE).resample(frame)
                for one in resampled:
                    made.mux(stream.encode(one))
            made.mux(stream.encode())
        files[name] = path
    return files


def work(what: str, path: Path) -> dict[str, Any]:
    """Do it once, in this process, and measure it."""
    start, wall = time.process_time(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        size = _do(what, path, Path(folder) / "out")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {
        "cpu_s": round(time.process_time() - start, 2),
        "wall_s": round(time.monotonic() - wall, 2),
        "peak_mb": round(peak),
        "size_mb": size,
    }


def _do(what: str, path: Path, out: Path) -> float:
    if what == "decode":
        import av

        with av.open(str(path)) as container:
            for _ in container.decode(container.streams.audio[0]):
                pass
        return 0.0
    if what == "speech":
        from milo.builtin.predictors.speech import _webrtc  # pyright: ignore[reportPrivateUsage]

        _webrtc(str(path))
        return 0.0
    from milo.infra.sound_pictures import peaks, spectrogram

    if what == "peaks":
        peaks(path, out)
    else:
        spectrogram(path, out, 3_600.0)
    return round(out.stat().st_size / 1e6, 1)


def main() -> None:
    """Measure everything, print a table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--sound", type=Path, default=None)
    parser.add_argument("--one", nargs=2, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(work(given.one[0], Path(given.one[1]))))
        return
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in make(Path(folder), given.minutes, given.sound).items():
            for what in WORK:
                command = [sys.executable, __file__, "--one", what, str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found[f"{name} {what}"] = json.loads(done.stdout)
    head = f"| {given.minutes:g} minutes | CPU s | ratio to decoding | times real time | peak MB | file MB |"
    print(f"{head}\n|---|---:|---:|---:|---:|---:|")
    for name, one in found.items():
        limit = found[f"{name.split()[0]} decode"]["cpu_s"]
        ratio = one["cpu_s"] / limit if limit else 0.0
        pace = given.minutes * 60 / max(one["cpu_s"], 0.01)
        print(f"| {name} | {one['cpu_s']:.2f} | {ratio:.1f} | {pace:,.0f} | {one['peak_mb']} | {one['size_mb'] or ''} |")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": platform.platform(), "minutes": given.minutes, "figures": found}, indent=1))


if __name__ == "__main__":
    main()
