"""Chat JSONL for supervised tuning: one {"messages": [{"role", "content"}, ...]} a line, as trainers read it.

Written from answers that are written turns, or texts: what was asked comes from a field, what is to be learned is the answer.
Options: `question` (the first that fits), `prompt` (the field with what was asked: the question's own, else the first
conversation, else the first text; not used for answers that bring a prompt of their own, unless named), `system` (a field with
the system prompt). Items without an answer, and conversations in which the assistant has not the last word, are left out and
counted. With every annotation asked for, each person's answer is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from milo.builtin.formats import _tuning as tuning
from milo.domain.errors import Invalid
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source


class Sft:
    """Supervised tuning. Written only; read such files as JSON Lines, with `messages` as a chat field."""

    name = "sft"
    title = "Chat JSONL for supervised tuning"
    suffixes: tuple[str, ...] = (".jsonl",)
    media_type = "application/x-ndjson"
    reads = False
    writes = True
    lossless = False

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """Not read. Raises Invalid."""
        raise Invalid("The format sft is only written. Read such a file as jsonl.", place="format")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One line for each conversation that can be learned from; `rows` of the report counts the items."""
        writer = _Writer(context)
        tuning.write_lines(writer.lines(rows), sink)
        return Report(writer.items, writer.losses.lines())


class _Writer:
    def __init__(self, context: ExportContext) -> None:
        self.items, self.losses = 0, tuning.Losses()
        self._question = tuning.asked(context, ("turns", "text"), "a question whose answers are written turns or texts")
        self._named = bool(context.options.get("prompt"))
        field = tuning.prompt_field(context, self._question)
        self._prompts = tuning.Prompts(context, self._question, field, self.losses)
        self._everything = context.everything

    def lines(self, rows: Iterable[ExportRow]) -> Iterator[dict[str, Any]]:
        for row in rows:
            self.items += 1
            given = list(tuning.values(row, self._question.name, self._everything))
            if not given:
                self.losses.add("items without an answer")
            for value in given:
                found = self._conversation(row, tuning.messages(value, "assistant", self.losses))
                if found:
                    yield {"messages": found}

    def _conversation(self, row: ExportRow, answer: list[tuning.Message]) -> list[tuning.Message] | None:
        own = any(turn["role"] == "user" for turn in answer)
        before = [] if own and not self._named and not self._question.field else self._prompts.of(row)
        if answer and answer[0]["role"] == "system":
            before = [answer[0], *(turn for turn in before if turn["role"] != "system")]
            answer = answer[1:]
        if not tuning.ends_well(answer):
            self.losses.add("conversations in which the assistant has not the last word")
            return None
        if not own and not any(turn["role"] == "user" for turn in before):
            self.losses.add("answers to items that say nothing in the field of the prompt")
            return None
        return before + answer


PLUGIN = Sft()
