"""Project as code: a `ProjectSpec` as YAML or JSON text, and back. Errors name the line and the key.

YAML is read by the rules of YAML 1.2 (`no`, `on` and `2024-05-01` are texts) and without anchors, so that labels mean what
they say and a small file stays small.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
import yaml

from milo.domain.errors import InvalidConfig
from milo.domain.project import ProjectSpec

T = TypeVar("T")
MAX_TEXT = 4 * 1024 * 1024
_PATH = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[\.\.\.\]")


class _Loader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2, and no anchors."""

    yaml_implicit_resolvers: Any = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what refers to another place."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem="anchors and aliases (& and *) are not read", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$|^[-+]?[0-9]+[eE][-+]?[0-9]+$", list("-+0123456789.")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class _Dumper(yaml.SafeDumper):
    """SafeDumper that writes long texts as blocks and quotes all that either version of YAML might misread."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal objects twice rather than with anchors."""
        return True


_ODD = re.compile(r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_LIKE_A_NUMBER = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+")
_NO_BLOCK = re.compile(r"\A\s|[ \n]\Z|[ ]\n")


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _ODD.search(text):
        style = '"'
    elif _LIKE_A_NUMBER.fullmatch(text):
        style = "'"
    elif "\n" in text and not _NO_BLOCK.search(text.removesuffix("\n")):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def read_project(text: str) -> ProjectSpec:
    """The spec in a project file. Raises InvalidConfig that names line and key."""
    return read_file(text, ProjectSpec, "A project file holds keys such as name, fields and questions.")


def read_file(text: str, kind: type[T], holds: str) -> T:
    """What a YAML or JSON text describes. `holds`: what such a file holds, to be said where it holds no keys at all. Raises
    InvalidConfig that names line and key."""
    if len(text) > MAX_TEXT:
        raise InvalidConfig(f"The file has {len(text)} characters; {MAX_TEXT} are read at most.")
    root, data = _parse(text, holds)
    try:
        spec = msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        path = _steps(where.rstrip("`"))
        raise InvalidConfig(f"Line {_line(root, path)}: {what}.", place=_dotted(path) or "file") from error
    _refuse_unknown(data, kind, [], root)
    return spec


def write_project(spec: ProjectSpec, form: Literal["yaml", "json"] = "yaml") -> str:
    """The spec as text that `read_project` reads to the same spec."""
    data = cast("dict[str, Any]", msgspec.to_builtins(spec))
    for question in data["questions"]:
        question.pop("shape", None)
    return write_file(data, form)


def write_file(data: Any, form: Literal["yaml", "json"] = "yaml") -> str:
    """Plain data as text that `read_file` reads to the same."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def _parse(text: str, holds: str) -> tuple[yaml.Node | None, Any]:
    root, data = _parse_json(text) if text.lstrip().startswith("{") else _parse_yaml(text)
    if not isinstance(data, dict):
        raise InvalidConfig(holds, place="file")
    return root, cast("Any", data)


def _parse_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"Line {mark.line + 1}: " if mark else ""
        raise InvalidConfig(f"{line}{error.problem or error.context}.", place="file") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidConfig(f"The file cannot be read as YAML or JSON: {error}.", place="file") from error


def _parse_json(text: str) -> tuple[yaml.Node | None, Any]:
    """JSON is read as JSON; YAML's view of it only serves to find lines. A flow mapping of YAML starts the same way."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _parse_yaml(text)
    try:
        return _Loader(text).get_single_node(), data
    except (yaml.YAMLError, RecursionError):
        return None, data


def _steps(where: str) -> list[str | int]:
    return [int(index) if index else key for key, index in _PATH.findall(where) if key or index]


def _dotted(path: list[str | int]) -> str:
    return ".".join(str(step) for step in path)


def _line(root: yaml.Node | None, path: list[str | int]) -> int:
    node = root
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1 if node is not None else 1


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None


def _refuse_unknown(data: Any, hint: Any, path: list[str | int], root: yaml.Node | None) -> None:
    if isinstance(data, list) and get_origin(hint) in (tuple, list):
        for number, one in enumerate(cast("list[Any]", data)):
            _refuse_unknown(one, get_args(hint)[0], [*path, number], root)
        return
    if isinstance(data, dict) and get_origin(hint) is dict:
        for key, value in cast("dict[str, Any]", data).items():
            _refuse_unknown(value, get_args(hint)[1], [*path, key], root)
        return
    kinds = [h for h in (hint, *get_args(hint)) if isinstance(h, type) and issubclass(h, msgspec.Struct)]
    if not isinstance(data, dict) or not kinds:
        return
    hints = get_type_hints(kinds[0])
    for key, value in cast("dict[str, Any]", data).items():
        if key not in hints:
            raise InvalidConfig(
                f'Line {_line(root, path)}: unknown key "{key}". Known here: {", ".join(hints)}.', place=_dotted([*path, key])
            )
        _refuse_unknown(value, hints[key], [*path, key], root)
