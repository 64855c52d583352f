"""The data of a study as a file: one line an answer with its raw time events, one a form, one a person. Names stand as codes.

Stands alone because the report is worked out from this and the plan, and nothing else: who has the two files gets the same
numbers. Content and answers themselves are not in it, only how far an answer agrees with the gold label and the suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from milo.domain.errors import Conflict
from milo.domain.study import Closing, Form

FORMAT = "milo-study-data-1"
_encode = msgspec.json.encode


class Head(msgspec.Struct, frozen=True, omit_defaults=True, tag="study"):
    """What the file belongs to. `peeks`: how often results were looked at before the end; `closed`: the study had ended."""

    format: str
    plan: str
    taken_at: float
    closed: bool
    peeks: int = 0
    rehearsed: bool = False


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, tag="answer"):
    """One task of the plan and what became of it. `visits`: raw events of each visit as (milliseconds, kind); `quality`: how
    far the answer agrees with gold (0..1), None without gold; `agrees`: with the top suggestion, shown or withheld, None if
    there was none; `suggested`: how far that suggestion agrees with gold; `cost`: what models cost for it."""

    task: int
    state: str
    visits: tuple[tuple[tuple[int, str], ...], ...] = ()
    quality: float | None = None
    agrees: float | None = None
    suggested: float | None = None
    cost: float = 0.0


class Said(msgspec.Struct, frozen=True, omit_defaults=True, tag="form"):
    """What a person said after a block; `arm`: place of the block's arm in the design, -1 where several were mixed."""

    person: int
    period: int
    arm: int
    form: Form


class Taker(msgspec.Struct, frozen=True, omit_defaults=True, tag="person"):
    """A person: whether they began and finished, their attitude to such help before (1..5), and what they said at the end."""

    person: int
    began: bool
    finished: bool
    attitude: int | None = None
    closing: Closing | None = None


class Data(msgspec.Struct, frozen=True):
    """All of it."""

    head: Head
    answers: tuple[Answer, ...]
    forms: tuple[Said, ...] = ()
    people: tuple[Taker, ...] = ()


_Line = Head | Answer | Said | Taker


def write_data(data: Data) -> bytes:
    """The file: JSON lines, the head first."""
    lines: Iterable[_Line] = (data.head, *data.people, *data.forms, *data.answers)
    return b"".join(_encode(line) + b"\n" for line in lines)


def read_data(raw: bytes) -> Data:
    """The data from its file. Raises Conflict with the line at fault."""
    decoder = msgspec.json.Decoder(_Line)
    found: list[_Line] = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise Conflict(f"Line {number} is no data of a study: {error}.", place=f"data:{number}") from error
    if not found or not isinstance(found[0], Head) or found[0].format != FORMAT:
        raise Conflict("This is no data of a study: its first line must be the head.", place="data:1")
    answers = tuple(one for one in found if isinstance(one, Answer))
    forms = tuple(one for one in found if isinstance(one, Said))
    return Data(found[0], answers, forms, tuple(one for one in found if isinstance(one, Taker)))
