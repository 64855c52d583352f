"""Preference pairs for tuning: one {"prompt", "chosen", "rejected"} a line, from comparisons and rankings.

Options: `form` ("conversational": lists of messages; "plain": texts), `pairs` ("all" pairs of a ranking, or only "adjacent"
ranks), `question`, `prompt` (the field with what was asked), `system` (a field with the system prompt), `source` (true: who
made the two is written too, as `chosen_source` and `rejected_source`). Answers that were made live carry the prompt that was
sent for them. How far the better one is ahead is kept as `margin`
where people were asked for it. Turns that all candidates begin with belong to the prompt. What prefers nothing is not carried
and counted: ties, equal texts, answers that are no text. With every annotation asked for, each person's preference counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise, product
from typing import Any, BinaryIO, cast

from milo.builtin.formats import _tuning as tuning
from milo.domain.candidates import Candidate, candidates_of
from milo.domain.errors import Invalid
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Row, Source

FORMS = ("conversational", "plain")
PAIRS = ("all", "adjacent")


class Preference:
    """Preference pairs. Written only."""

    name = "preference"
    title = "Preference pairs for tuning"
    suffixes: tuple[str, ...] = (".jsonl",)
    media_type = "application/x-ndjson"
    reads = False
    writes = True
    lossless = False

    def read(self, source: Source) -> Iterator[Row | BadRow]:
        """Not read. Raises Invalid."""
        raise Invalid("The format preference is only written. Read such a file as jsonl.", place="format")

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """One line for each pair; `rows` of the report counts the items."""
        writer = _Writer(context)
        tuning.write_lines(writer.lines(rows), sink)
        return Report(writer.items, writer.losses.lines())


class _Writer:
    def __init__(self, context: ExportContext) -> None:
        self.items, self.losses = 0, tuning.Losses()
        self._question = tuning.asked(context, ("ranks",), "a question that compares or ranks answers")
        self._plain = _option(context, "form", FORMS) == "plain"
        self._adjacent = _option(context, "pairs", PAIRS) == "adjacent"
        self._source = str(context.options.get("source", "")).lower() in ("true", "1", "yes")
        field = tuning.prompt_field(context, self._question)
        self._prompts = tuning.Prompts(context, self._question, field, self.losses)
        self._steps = bool(self._question.config.get("strength"))
        self._everything = context.everything

    def lines(self, rows: Iterable[ExportRow]) -> Iterator[dict[str, Any]]:
        for row in rows:
            self.items += 1
            given = list(tuning.values(row, self._question.name, self._everything))
            if not given:
                self.losses.add("items without an answer")
                continue
            candidates = {c.id: c for c in candidates_of(self._question, row.data)}
            for value in given:
                for better, worse in self._pairs(value["tiers"]):
                    record = self._record(row, candidates.get(better), candidates.get(worse), value.get("strength"))
                    if record is not None:
                        yield record

    def _pairs(self, tiers: list[list[str]]) -> Iterator[tuple[str, str]]:
        level = sum(len(tier) * (len(tier) - 1) // 2 for tier in tiers)
        self.losses.add("pairs that are level (ties)", level)
        for first, second in pairwise(tiers) if self._adjacent else combinations(tiers, 2):
            yield from product(first, second)

    def _record(
        self, row: ExportRow, better: Candidate | None, worse: Candidate | None, strength: int | None
    ) -> dict[str, Any] | None:
        if better is None or worse is None:
            self.losses.add("pairs with a candidate that the item has not")
            return None
        before = self._asked(better, worse) or self._prompts.of(row)
        chosen = before + tuning.messages(better.content, "assistant", self.losses)
        rejected = before + tuning.messages(worse.content, "assistant", self.losses)
        if chosen == rejected:
            self.losses.add("pairs whose texts are equal")
            return None
        n = _common(chosen, rejected)
        prompt, chosen, rejected = chosen[:n], chosen[n:], rejected[n:]
        if not any(turn["role"] == "user" for turn in prompt):
            self.losses.add("pairs without a prompt")
            return None
        if not tuning.ends_well(chosen) or not tuning.ends_well(rejected):
            self.losses.add("pairs with an answer that is no text, or empty")
            return None
        return self._written(prompt, chosen, rejected, better, worse, strength)

    def _asked(self, better: Candidate, worse: Candidate) -> list[tuning.Message]:
        """What both were asked, where that is on record; system prompts of their own are left out."""
        if not better.prompt or not worse.prompt:
            return []
        first, second = (tuning.messages(list(one.prompt or ()), "user", self.losses) for one in (better, worse))
        if first == second:
            return first
        plain = [[turn for turn in turns if turn["role"] != "system"] for turns in (first, second)]
        if plain[0] != plain[1]:
            self.losses.add("pairs that were asked differently (the prompt is the item's)")
            return []
        self.losses.add("pairs whose system prompts differed (left out)")
        return plain[0]

    def _written(
        self,
        prompt: list[tuning.Message],
        chosen: list[tuning.Message],
        rejected: list[tuning.Message],
        better: Candidate,
        worse: Candidate,
        strength: int | None,
    ) -> dict[str, Any] | None:
        record: dict[str, Any] = {"prompt": prompt, "chosen": chosen, "rejected": rejected}
        if self._plain:
            if len(chosen) > 1 or len(rejected) > 1 or len(prompt) > 1:
                self.losses.add("pairs of conversations, which plain texts cannot hold (use form conversational)")
                return None
            record = {name: turns[0]["content"] for name, turns in record.items()}
        if self._steps:
            record["margin"] = None if strength is None else float(strength)
        if self._source:
            record |= {"chosen_source": better.source or better.id, "rejected_source": worse.source or worse.id}
        return record


def _option(context: ExportContext, name: str, known: tuple[str, ...]) -> str:
    value = context.options.get(name) or known[0]
    if value not in known:
        raise Invalid(f'The option {name} is "{value}"; it must be one of {", ".join(known)}.', place=name)
    return cast("str", value)


def _common(a: list[tuning.Message], b: list[tuning.Message]) -> int:
    """How many messages both begin with, up to the last one that is answered."""
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    while n and a[n - 1]["role"] == "assistant":
        n -= 1
    return n


PLUGIN = Preference()
