"""Finds plug-ins: ours in `milo.builtin`, a stranger's by entry point or in a folder. All enter by the same door.

A plug-in module has a top-level name `PLUGIN` (or a list `PLUGINS`) holding instances. Heavy libraries are imported inside
methods, so that finding plug-ins stays cheap.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

from milo.domain.errors import InvalidConfig
from milo.kinds.aggregator import Aggregator
from milo.kinds.asking import Judge
from milo.kinds.format import Format
from milo.kinds.predictor import Predictor
from milo.kinds.provider import Provider
from milo.kinds.recipe import Recipe
from milo.kinds.sampler import Sampler
from milo.kinds.task_type import TaskType

P = TypeVar("P")
KINDS = ("tasks", "formats", "predictors", "samplers", "recipes", "providers", "judges", "aggregators")


class Shelf(Generic[P]):
    """The plug-ins of one kind, by name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._by_name: dict[str, P] = {}

    def add(self, plugin: P) -> None:
        """Add one. Raises InvalidConfig if the name is taken."""
        name = str(getattr(plugin, "name", ""))
        if not name:
            raise InvalidConfig(f"A {self.kind} plug-in without a name: {plugin!r}.")
        if name in self._by_name:
            raise InvalidConfig(f'There are two {self.kind} plug-ins named "{name}".')
        self._by_name[name] = plugin

    def get(self, name: str) -> P:
        """The plug-in of that name. Raises InvalidConfig, listing what there is."""
        try:
            return self._by_name[name]
        except KeyError:
            raise InvalidConfig(
                f'There is no {self.kind} "{name}". Available: {", ".join(sorted(self._by_name))}.', place=name
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def all(self) -> list[P]:
        """All of them, in the order they were found."""
        return list(self._by_name.values())


class Registry:
    """One shelf per kind."""

    def __init__(self) -> None:
        self.task_types: Shelf[TaskType] = Shelf("task type")
        self.formats: Shelf[Format] = Shelf("format")
        self.predictors: Shelf[Predictor] = Shelf("predictor")
        self.samplers: Shelf[Sampler] = Shelf("sampler")
        self.recipes: Shelf[Recipe] = Shelf("recipe")
        self.providers: Shelf[Provider] = Shelf("provider")
        self.judges: Shelf[Judge] = Shelf("judge")
        self.aggregators: Shelf[Aggregator] = Shelf("aggregator")

    def shelf(self, kind: str) -> Shelf[Any]:
        """The shelf for a folder name: tasks, formats, predictors, samplers, recipes, providers, judges or aggregators."""
        shelves: dict[str, Shelf[Any]] = {
            "tasks": self.task_types,
            "formats": self.formats,
            "predictors": self.predictors,
            "samplers": self.samplers,
            "recipes": self.recipes,
            "providers": self.providers,
            "judges": self.judges,
            "aggregators": self.aggregators,
        }
        return shelves[kind]

    def load_package(self, package: str, kinds: tuple[str, ...] = KINDS) -> None:
        """Add every plug-in of a package laid out like `milo.builtin` (one sub-package per kind), or of some kinds only."""
        for kind in kinds:
            if importlib.util.find_spec(f"{package}.{kind}") is None:
                continue
            parent = import_module(f"{package}.{kind}")
            for info in sorted(pkgutil.iter_modules(parent.__path__), key=lambda m: m.name):
                if not info.name.startswith("_"):
                    self._add_module(kind, import_module(f"{package}.{kind}.{info.name}"))

    def load_folder(self, folder: Path) -> None:
        """Add the plug-ins of a folder: `folder/<kind>/*.py`. Only ever called for folders that the owner named."""
        for path in sorted(folder.glob("*/*.py")):
            spec = importlib.util.spec_from_file_location(f"milo_plugins.{path.parent.name}.{path.stem}", path)
            if spec is None or spec.loader is None:
                continue
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            self._add_module(path.parent.name, module)

    def load_entry_points(self, kinds: tuple[str, ...] = KINDS) -> None:
        """Add what installed packages declare: group `milo.plugins`, each a package laid out like `milo.builtin`."""
        for entry in entry_points(group="milo.plugins"):
            self.load_package(entry.value, kinds)

    def _add_module(self, kind: str, module: ModuleType) -> None:
        shelf = self.shelf(kind)
        plugins = cast("list[Any]", getattr(module, "PLUGINS", None) or [getattr(module, "PLUGIN", None)])
        for plugin in plugins:
            if plugin is not None:
                shelf.add(plugin)
