"""Live tools: a person's gesture on a picture goes to a child process, which answers with one thing.

Both sides of it are here: `LiveTools` in the server, and `main`, which `python -m milo.infra.live` runs in the child. The
child opens no database, has bounded memory, and is killed where it takes too long; it keeps the last picture decoded, so that
the next click is quick."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import Invalid, MiloError, MissingExtra
from milo.domain.question import Question
from milo.infra.child import limit
from milo.infra.image_worker import ImageWorker
from milo.infra.own import OwnModels
from milo.kinds.predictor import Candidate, Gesture
from milo.kinds.registry import Registry

_SECONDS = 20.0
_IDLE = 300.0
_MEMORY = 3 * 1024**3
MAX_CLICKS = 200


class LiveTools:
    """The live tools of the plug-ins that this server has; `plugins` is the owner's folder of further ones. Models of the
    owner's that answer clicks are tools too, under the name that they are registered by."""

    def __init__(self, registry: Registry, plugins: Path | None, own: OwnModels) -> None:
        found: list[Any] = [p for p in registry.predictors.all() if hasattr(p, "refine") and not hasattr(p, "own")]
        self._tools: dict[str, Any] = {p.name: p for p in found}
        self._own = own
        self._plugins = str(plugins) if plugins is not None else ""
        self._worker = ImageWorker(_SECONDS, "milo.infra.live", _IDLE)

    def close(self) -> None:
        """End the child."""
        self._worker.close()

    def names(self, question: Question) -> list[tuple[str, str]]:
        """Name and title of the tools that help with a question."""
        shipped = [(name, str(one.title)) for name, one in self._tools.items() if one.refines(question)]
        return shipped + [(row.name, row.name) for row in self._own.live(question)]

    def refine(
        self, tool: str, question: Question, path: Path, gesture: Gesture, sha256: str = "", tiles: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:  # fmt: skip
        """What a tool makes of a gesture on a picture; None where it found nothing. `sha256`: the hash of the picture's file.
        `tiles`: {folder, width, height, tile, levels} of one that is cut into tiles; tools of the owner's read the file itself.

        Raises Invalid for what went wrong in the child.
        """
        self.check(tool, question, gesture)
        request = {"tool": tool, "question": msgspec.to_builtins(question), "gesture": msgspec.to_builtins(gesture)}
        own = None if tool in self._tools else self._own.tool(tool, question)
        worker = self._worker if own is None else self._own.worker
        reply = worker.ask("refine", path, plugins=self._plugins, sha256=sha256, tiles=tiles, **(request | (own or {})))
        if reply.get("missing"):
            raise MissingExtra(reply["missing"], reply["extra"])
        if reply.get("error"):
            raise Invalid(f"The tool could not work on this picture: {reply['error']}.", place="tool")
        return reply.get("thing")

    def check(self, tool: str, question: Question, gesture: Gesture) -> None:
        """Raise Invalid for a tool that there is not or that does not help here, and for too many clicks."""
        helping = [name for name, _ in self.names(question)]
        if tool not in helping:
            known = ", ".join(helping) or "none"
            raise Invalid(f'The tool "{tool[:80]}" does not help with this question. Tools that do: {known}.', place="tool")
        if len(gesture.clicks) > MAX_CLICKS:
            raise Invalid(f"{len(gesture.clicks)} clicks; at most {MAX_CLICKS} are taken.", place="clicks")


def answer(request: dict[str, Any], registry: Registry) -> dict[str, Any]:
    """The reply to one request."""
    try:
        tool: Any = registry.predictors.get(request["tool"])
        if request["do"] == "describe":
            return {"about": tool.describe(request["place"], request["settings"])}
        question = msgspec.convert(request["question"], Question)
        gesture = msgspec.convert(request["gesture"], Gesture)
        meta = {"own": request.get("own"), "sha256": request.get("sha256", "")}
        shown: dict[str, Any] = {"path": request["path"], "tiles": request.get("tiles")}
        if gesture.carry is not None:
            shown["frames"] = _frames(Path(request["path"]))
        item = Candidate(0, {question.field or "image": shown}, meta)
        return {"thing": tool.refine(question, item, gesture)}
    except MissingExtra as error:
        return {"missing": error.what, "extra": error.extra}
    except MiloError as error:
        return {"error": error.message}
    except Exception as error:  # noqa: BLE001 - whatever a decoder or a plug-in raises is said, and the child lives on
        return {"error": f"{type(error).__name__}: {str(error)[:200]}"}


def _frames(path: Path) -> Any:
    from milo.infra.video_frames import GreyFrames, Unreadable

    try:
        return GreyFrames(path)
    except ModuleNotFoundError:
        raise MissingExtra("Reading a video", "video") from None
    except Unreadable as error:
        raise Invalid(str(error)) from None


def main(memory: int = _MEMORY) -> None:
    """Serve requests from standard input until it ends, within so many bytes of memory."""
    limit(memory, nice=0)  # a person waits for it
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a plug-in prints must not come between the replies
    registry: Registry | None = None
    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line)
        if registry is None:
            registry = Registry()
            registry.load_package("milo.builtin", ("predictors",))
            registry.load_entry_points(("predictors",))
            if request.get("plugins"):
                registry.load_folder(Path(request["plugins"]))
        out.write(msgspec.json.encode(answer(request, registry)) + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
