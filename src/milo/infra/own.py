"""Models of the owner's own: ONNX files on the server's disk and services by address, registered by name for projects to use.

Stands alone because of who may do what: only the owner of the workspace names a path or an address; who manages a project
uses what is registered, by name; a file is opened in a child process only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Conflict, Invalid, InvalidConfig, MissingExtra, NotFound, RuleForbids
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Question
from milo.flow.reach import check_reach, fields_for
from milo.infra.image_worker import ImageWorker
from milo.infra.sql.models import PredictorRow
from milo.infra.sql.own import OwnRow, OwnSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_SECONDS = 120.0
_IDLE = 600.0
_CACHE = "cache/embeddings"
LabelConfig = Callable[[ProjectSpec, dict[str, str]], tuple[str, list[str]]]


class OwnModels:
    """What is registered, over an open workspace. `label_config` writes a project's questions as Label Studio has them."""

    def __init__(self, workspace: Workspace, label_config: LabelConfig) -> None:
        self.ws, self._label_config = workspace, label_config
        self.worker = ImageWorker(_SECONDS, "milo.infra.live_own", _IDLE)

    def close(self) -> None:
        """End the child process."""
        self.worker.close()

    def kinds(self) -> dict[str, Any]:
        """The predictors that use something registered, by the kind of it."""
        return {p.own: p for p in self.ws.registry.predictors.all() if hasattr(p, "own")}  # type: ignore[attr-defined]

    def all(self) -> list[OwnRow]:
        """All of them, by name."""
        return self.ws.db.read(lambda c: OwnSql(c).all())

    def get(self, ident: int) -> OwnRow:
        """One of them. Raises NotFound."""
        row = self.ws.db.read(lambda c: OwnSql(c).get(ident))
        if row is None:
            raise NotFound(f"There is no registered model {ident}.", place="k")
        return row

    def named(self, name: Any, kind: str) -> OwnRow:
        """The one that a project's settings name. Raises InvalidConfig, listing what there is."""
        found = [row for row in self.all() if row.kind == kind]
        row = next((row for row in found if row.name == name), None)
        if row is None:
            known = ", ".join(f'"{row.name}"' for row in found) or "none"
            raise InvalidConfig(
                f'Nothing of the kind "{kind}" is registered under "{str(name)[:80]}". Registered: {known}. The owner of the '
                "workspace adds one on the connections page, or with milo own add.",
                place="config.own",
            )
        return row

    def add(self, name: str, kind: str, place: str, settings: dict[str, Any], user: int | None) -> OwnRow:
        """Register a file or service after a look at it. Raises Invalid, InvalidConfig, Conflict, MissingExtra."""
        kinds = self.kinds()
        if kind not in kinds:
            raise Invalid(f'There is no kind "{kind[:80]}" of own model. Kinds: {", ".join(kinds)}.', place="kind")
        if not _NAME.fullmatch(name) or name in self.ws.registry.predictors:
            raise Invalid(
                f'"{name[:80]}" cannot be the name: start with a letter, then letters, digits, "_" or "-", 64 at most, and not '
                "the name of a predictor that comes along.",
                place="name",
            )
        where, settled = kinds[kind].check_place(place, settings)
        about = self._look(kind, where, settled)

        def store(c: Any) -> OwnRow:
            port = OwnSql(c)
            if port.by_name(name) is not None:
                raise Conflict(f'"{name}" is registered already. Remove it first, or choose another name.', place="name")
            ident = port.add(name, kind, where, settled, user, self.ws.clock())
            port.tell(ident, about)
            found = port.get(ident)
            assert found is not None
            return found

        return self.ws.db.write(store)

    def test(self, ident: int) -> OwnRow:
        """Look at it again, and keep what was found. Raises what `add` raises."""
        row = self.get(ident)
        about = self._look(row.kind, row.place, row.settings)
        self.ws.db.write(lambda c: OwnSql(c).tell(row.id, about))
        return msgspec.structs.replace(row, about=about)

    def remove(self, ident: int) -> None:
        """Forget one. Models of projects that use it fail with a word on it."""
        row = self.get(ident)
        self.ws.db.write(lambda c: OwnSql(c).remove(row.id))

    def _look(self, kind: str, place: str, settings: dict[str, Any]) -> dict[str, Any]:
        plugin = self.kinds()[kind]
        plugins = self.ws.settings.plugins
        reply = self.worker.ask(
            "describe", Path(place), tool=plugin.name, place=place, settings=settings, plugins=str(plugins) if plugins else ""
        )
        return checked(reply)["about"]

    def settle(self, project: Project, row: PredictorRow) -> dict[str, Any]:
        """A predictor's settings with what the child process needs of the thing that they name."""
        plugin: Any = self.ws.registry.predictors.get(row.plugin)
        kind = getattr(plugin, "own", None)
        if kind is None:
            return row.config
        found = self.named(row.config.get("own"), kind)
        more: dict[str, Any] = {"path": found.place, "settings": found.settings, **self._sent(project, plugin, found)}
        if getattr(plugin, "wants_label_config", False):
            shapes = {t.name: t.shape for t in self.ws.registry.task_types.all()}
            question = project.schema.get(row.question)
            spec = msgspec.structs.replace(project.spec, questions=(question,))
            more["label_config"] = self._label_config(spec, shapes)[0]
        return {**row.config, **more}

    def check(self, project: Project, plugin: Any, config: dict[str, Any]) -> None:
        """Raise InvalidConfig where a new predictor names nothing that is registered, RuleForbids where data may not reach
        it."""
        kind = getattr(plugin, "own", None)
        if kind is not None:
            self._sent(project, plugin, self.named(config.get("own"), kind))

    def _sent(self, project: Project, plugin: Any, found: OwnRow) -> dict[str, Any]:
        """The fields that may be sent to a service, by the project's rules on data. Raises RuleForbids where it may get
        nothing."""
        if not hasattr(plugin, "is_local"):
            return {}
        rules, local = project.spec.policy.data, plugin.is_local(found.place)
        check_reach(rules, found.name, local, ())
        if rules.mask and (not local or rules.mask_local):
            raise RuleForbids(
                f'The project masks personal data before a call (rule policy.data.mask), and the service "{found.name}" '
                "takes texts as they are. Take the rule away, or let the service run on this machine.",
                place="policy.data.mask",
            )
        hidden = {path.partition(".")[0] for path in project.spec.policy.hidden}
        names = [f.name for f in project.spec.fields if f.name not in hidden]
        return {"fields": fields_for(rules, found.name, local, names)}

    def live(self, question: Question) -> list[OwnRow]:
        """Those that answer clicks on things of this question."""
        helping = {kind for kind, p in self.kinds().items() if hasattr(p, "refine") and p.refines(question)}
        return [row for row in self.all() if row.kind in helping and (row.about or {}).get("task") == "segment"]

    def tool(self, name: str, question: Question) -> dict[str, Any] | None:
        """What the child process is told to use for a live tool of this name; None where there is none."""
        row = next((row for row in self.live(question) if row.name == name), None)
        if row is None:
            return None
        cache = str((self.ws.path / _CACHE).absolute())
        return {"tool": self.kinds()[row.kind].name, "own": {"path": row.place, "settings": row.settings, "cache": cache}}


def checked(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply of the child. Raises MissingExtra or Invalid for what went wrong there."""
    if reply.get("missing"):
        raise MissingExtra(reply["missing"], reply["extra"])
    if reply.get("error"):
        raise Invalid(str(reply["error"]), place="place")
    return reply
