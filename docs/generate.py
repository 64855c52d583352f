"""Writes docs/reference from the program itself: commands, settings, routes, kinds and errors.

python docs/generate.py            write the pages
python docs/generate.py --check    only say whether they are current (exit status 1 if not)
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

REFERENCE = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the program, not this page. -->\n\n"


def commands() -> str:
    """Every command with its help."""
    from milo.cli.main import app

    parts = ["# Commands\n\nEach command has `--help`. Options that name a workspace or a server work with all of them.\n"]
    for name, command in _walk(app, ()):
        parts.append(f"## `{name}`\n\n{_help(command)}\n")
    return "\n".join(parts)


def _walk(app: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in app:
        if name.startswith("-"):
            continue
        child = app[name]
        here = (*path, name)
        if child.default_command is not None:
            yield "milo " + " ".join(here), child
        yield from _walk(child, here)


def _help(command: Any) -> str:
    """The first sentences of a command's docstring, and its options as a table."""
    text = inspect.getdoc(command.default_command) or ""
    intro = text.split("\n\nArgs:")[0].split("\n\nParameters\n")[0].strip()
    options = list(_options(command))
    if not options:
        return intro
    lines = [f"| `{names}` | {_cell(told)} |" for names, told in options]
    return "\n".join([intro, "", "| | |", "|---|---|", *lines])


def _options(command: Any) -> Iterator[tuple[str, str]]:
    told = _told(inspect.getdoc(command.default_command) or "")
    for argument in command.assemble_argument_collection():
        if not argument.show:
            continue
        field = argument.field_info
        told |= _told(inspect.getdoc(_where()) or "") if field.name not in told else {}
        positional = field.kind is not inspect.Parameter.KEYWORD_ONLY and not argument.name.startswith("--where")
        positional = positional and field.name not in _where().__dataclass_fields__
        names = [n for n in argument.names if not n.startswith("--no-")] + list(argument.negatives)
        shown = field.name.upper() if positional else " ".join(dict.fromkeys(names))
        yield shown, str(argument.parameter.help or told.get(field.name, ""))


def _where() -> Any:
    from milo.cli.connection import Where

    return Where


def _told(text: str) -> dict[str, str]:
    """What the section "Args:" of a docstring says, by name."""
    _, _, section = text.partition("Args:\n")
    found = re.findall(r"^ +(\w+): (.*?)(?=^ +\w+: |\Z)", section, re.MULTILINE | re.DOTALL)
    return dict(found)


def settings() -> str:
    """Every environment variable."""
    from milo.settings import Settings

    text = re.sub(r"\s+", " ", inspect.getdoc(Settings) or "")
    defaults = dict(zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True))
    rows: list[str] = []
    for group, names, told in re.findall(
        r"([a-z_, ]+) \((MILO_[A-Z_, MILO]+?)(?:, by comma)?\): (.*?)(?=\. [a-z_]+(?:, [a-z_]+)* \(|\. [a-z_]+: |\.?$)", text
    ):
        fields = [part.strip() for part in group.split(",")]
        for field, name in zip(fields, [n.strip() for n in names.split(",")], strict=True):
            default = defaults.get(field)
            shown = "" if default in (None, (), "") else f"`{default}`"
            rows.append(f"| `{name}` | {_cell(told)} | {shown} |")
    head = ["# Settings", "", "All settings are environment variables; the command line's own options win over them.", ""]
    return "\n".join([*head, "| variable | what it sets | default |", "|---|---|---|", *rows]) + "\n"


def routes() -> str:
    """Every route with the right it asks for."""
    import milo.api.app  # noqa: F401 - it declares them
    from milo.api.endpoint import ENDPOINTS

    parts = [
        "# HTTP routes\n\nA running server has the whole document, with the shapes of all bodies and replies, at `/docs` and "
        "`/api/openapi.json`.\nThe right is what [one function](../how-to/people-and-roles.md) decides by role; *public* needs "
        "no sign-in.\n"
    ]
    for tag in sorted({end.tag for end in ENDPOINTS}):
        lines = [f"## {tag}", "", "| route | right | |", "|---|---|---|"]
        for end in (e for e in ENDPOINTS if e.tag == tag):
            right = f"`{end.action}`" if end.action else "*public*"
            lines.append(f"| `{end.method} {end.path}` | {right} | {_cell(_first(end.handler))} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _learning(predictor: Any) -> str:
    if getattr(predictor, "asks", False):
        return "Asks connected models."
    return "Learns from answers." if predictor.learns else "Does not learn."


def kinds() -> str:
    """Every plug-in that comes along, by kind, with its settings as its docstrings tell them."""
    from milo.kinds.registry import Registry

    registry = Registry()
    registry.load_package("milo.builtin")
    parts = ["# Kinds and plug-ins\n"]
    for title, folder, more in (
        ("Task types", "tasks", lambda p: f"Values: {p.shape}."),
        ("Formats", "formats", _directions),
        ("Predictors", "predictors", _learning),
        ("Samplers", "samplers", lambda p: ""),
        ("Providers", "providers", lambda p: "Runs on this machine." if p.local else ""),
        ("Aggregators", "aggregators", _resolves),
        ("Judges", "judges", lambda p: "Compares two answers." if p.compares else ""),
        ("Recipes", "recipes", lambda p: ""),
    ):
        parts.append(f"## {title}\n")
        parts += [_plugin(plugin, more) for plugin in registry.shelf(folder).all()]
    return "\n".join(parts)


def _resolves(plugin: Any) -> str:
    return "Resolves values of any shape." if "*" in plugin.shapes else f"Resolves: {', '.join(plugin.shapes)}."


def _directions(plugin: Any) -> str:
    ways = " and ".join(word for word, yes in (("Reads", plugin.reads), ("writes", plugin.writes)) if yes).capitalize()
    lossless = ", without loss" if plugin.lossless else ""
    return f"{ways}{lossless}. Files: {', '.join(plugin.suffixes) or 'a folder'}."


def _plugin(plugin: Any, more: Callable[[Any], str]) -> str:
    module = sys.modules.get(type(plugin).__module__)
    told = str(plugin.summary) if hasattr(plugin, "spec") else _paragraphs(module, plugin)
    return f"### `{plugin.name}` ({plugin.title})\n\n{' '.join(filter(None, [more(plugin)]))}\n\n{told}\n".replace(
        "\n\n\n\n", "\n\n"
    )


def _paragraphs(module: ModuleType | None, plugin: Any) -> str:
    """The module's docstring; for a task type, its settings too, which stand at `check_config`."""
    text = inspect.getdoc(module) or inspect.getdoc(plugin) or ""
    text = re.sub(r"Stands alone because .*?\.(?=\s|$)[ \n]?", "", text, flags=re.DOTALL)  # for readers of the code
    settings = inspect.getdoc(getattr(plugin, "check_config", None)) or ""
    return text + (f"\n\n{settings}" if "ettings" in settings and settings not in text else "")


def errors() -> str:
    """The tree of errors, with the HTTP status of each."""
    from milo.domain import errors as module

    classes = [c for _, c in inspect.getmembers(module, inspect.isclass) if issubclass(c, module.MiloError)]
    lines = [f"| `{c.__name__}` | {_cell(_first(c))} |" for c in sorted(classes, key=lambda c: (len(c.__mro__), c.__name__))]
    tree = (inspect.getdoc(module) or "").split("\n\n")
    intro = (
        'Over HTTP an error is its status and `{"error": {"code": ..., "message": ..., "place": ...}}`; '
        "the Python client raises the class of that name, from `milo.domain.errors`."
    )
    drawn = ["```", tree[1] if len(tree) > 1 else "", "```"]
    return "\n".join(["# Errors", "", intro, "", *drawn, "", "| | |", "|---|---|", *lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "routes.md": routes,
    "kinds.md": kinds,
    "errors.md": errors,
}


def page(name: str) -> str:
    """A page as it should be."""
    return NOTE + re.sub(r"[ \t]+\n", "\n", PAGES[name]()).rstrip() + "\n"


def _first(thing: Any) -> str:
    return re.sub(r"\s+", " ", (inspect.getdoc(thing) or "").split("\n\n")[0]).strip()


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip().rstrip(".")


def main() -> None:
    """Write the pages, or check them."""
    stale = []
    REFERENCE.mkdir(exist_ok=True)
    for name in PAGES:
        text, path = page(name), REFERENCE / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    print("current" if not stale else f"{'stale' if '--check' in sys.argv else 'written'}: {', '.join(stale)}")
    if stale and "--check" in sys.argv:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
