"""The label text: the labels of an answer or suggestion as the one text that the index finds, filters and counts.

One label stands for itself; several become `|a|b|`. Inside a label a backslash is written `\\\\` and a bar `\\p`, so that a bar
in the text always separates labels: `|a|` is in the text exactly if the label a is among several.
"""

from __future__ import annotations

from collections.abc import Sequence


def escaped(label: str) -> str:
    """A label as it stands inside a label text: without a bar."""
    return label.replace("\\", "\\\\").replace("|", "\\p")


def label_text(labels: Sequence[str]) -> str | None:
    """The label text of these labels; None if there are none."""
    if not labels:
        return None
    if len(labels) == 1:
        return escaped(labels[0])
    return "|" + "|".join(map(escaped, labels)) + "|"


def labels_in(text: str) -> list[str]:
    """The labels of a label text: the reverse of `label_text`."""
    return [_plain(part) for part in (text[1:-1].split("|") if text.startswith("|") else [text])]


def shown(text: str) -> str:
    """A label text as people and programs see it: a single label as it is, several as `|a|b|`."""
    return text if text.startswith("|") or "\\" not in text else _plain(text)


def _plain(part: str) -> str:
    return "\\".join(piece.replace("\\p", "|") for piece in part.split("\\\\"))
