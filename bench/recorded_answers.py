"""The `llm` predictor on recorded answers of real models: what its signals are worth once they are calibrated.

    python bench/recorded_answers.py FOLDER

FOLDER holds `<task>.items.jsonl` (item, gold) and `<task>.labels.csv` (item, rater, kind human or llm, run, label, probs). The
predictor runs as it is; only the calls are answered from the records: committees of prompts and orders of options from
`natural` (two answers compared, the label is the better one), letters with their probabilities from `synth` (scores of
dialogues by GPT-3.5, beside people's). Confidences are cross-fitted: none is judged by an answer that its fit saw. ECE is
debiased, over bins of equal size; intervals are at 95 %.
"""

from __future__ import annotations

import asyncio
import csv
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median_low
from typing import Any

import msgspec
import numpy as np

from milo.builtin.predictors.llm import PLUGIN
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.asking import Answer, Shown, Task
from milo.kinds.provider import Reply, Request, TokenLogprob, Usage, text_of
from milo.kinds.registry import Registry
from milo.stats.confidence import NotEnough, fit_confidence
from milo.stats.intervals import Estimate, share
from milo.stats.reliability import discrimination, ece

Recorded = dict[tuple[str, str], dict[str, dict[str, str]]]
"""(rater, run) -> item -> row."""


def main() -> None:
    """Read, replay, print a table in Markdown."""
    folder = Path(sys.argv[1])
    print("| data | answers | accuracy | ECE before | ECE after | AUROC before | AUROC after |\n|---|---|---|---|---|---|---|")
    for model in ("GPT-4", "PaLM2", "ChatGPT", "LLaMA2", "Falcon"):
        pairs(folder, model)
    letters(folder)


def task(type_: str, config: dict[str, Any]) -> Task:
    """A question over one text."""
    registry = Registry()
    registry.load_package("milo.builtin", ("tasks",))
    plugin, fields = registry.task_types.get(type_), (Field("text"),)
    asked = plugin.check_config(Question("answer", type_, config=config), fields)
    return Task(msgspec.structs.replace(asked, shape=plugin.shape), fields, "", plugin)


def recorded(folder: Path, name: str) -> tuple[Recorded, dict[str, Any], list[dict[str, str]]]:
    """The records of a task: models' rows, gold by item, people's rows."""
    with (folder / f"{name}.items.jsonl").open(encoding="utf-8") as lines:
        gold = {one["item"]: one["gold"] for one in map(json.loads, lines)}
    models: Recorded = defaultdict(dict)
    people: list[dict[str, str]] = []
    with (folder / f"{name}.labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "human":
                people.append(row)
            else:
                models[row["rater"], row["run"]][row["item"]] = row
    return models, gold, people


def answer(asked: Task, config: dict[str, Any], item: str, ask: Any) -> Answer:
    """What the predictor makes of the recorded calls."""
    number = int.from_bytes(item.encode()[-7:], "big")
    shown = Shown(Item(number, 1, 1, {"text": item}), {"text": item})
    settled = PLUGIN.check_config({"retries": 0, **config}, asked.question)
    return asyncio.run(PLUGIN.answer(asked, settled, shown, [], ask))


def pairs(folder: Path, model: str) -> None:
    """One prompt in one order, one prompt in both orders, and all prompts in both orders."""
    models, gold, _ = recorded(folder, "natural")
    asked = task("choice", {"labels": ["1", "2"]})
    raters = sorted({r for r, run in models if r.startswith(f"{model}/") and run == "2"})
    main_ = f"{model}/Vanilla"

    async def ask(connection: str, request: Request) -> Reply:
        options = (request.json_schema or {})["properties"]["answer"]["enum"]
        run = "1" if options[0] == "1" else "2"
        row = models[connection, run].get(text_of(request.messages[-1]).split("\n")[1])
        return Reply(json.dumps({"answer": row["label"]}) if row and row["label"] else "", Usage())

    items = [i for i in gold if gold[i] is not None]
    first = [models[main_, "1"][i]["label"] == "1" and models[main_, "2"][i]["label"] == "2" for i in items]
    second = [models[main_, "1"][i]["label"] == "2" and models[main_, "2"][i]["label"] == "1" for i in items]
    one = {"connection": main_, "confidence": ["order"]}
    others = [{"connection": r} for r in raters if r != main_][:9]
    many = {"connection": main_, "committee": others, "confidence": ["order", "committee"]}
    for what, config, raw in (
        (f"{model}, one prompt", one, "order"),
        (f"{model}, {len(others) + 1} prompts", many, "committee"),
    ):
        found = [(i, answer(asked, config, i, ask)) for i in items]
        tell(f"pairs: {model}, {what}", [(a, str(gold[i]), i) for i, a in found], raw)
    print(f"| pairs: {model}, liking for a place | {len(items)} | first {sum(first)} %, second {sum(second)} % | | | | |")


def letters(folder: Path) -> None:
    """Scores from 1 to 4 asked by letter, with the recorded probabilities."""
    models, _, people = recorded(folder, "synth")
    ((_, rows),) = models.items()
    given: dict[str, list[int]] = defaultdict(list)
    for row in people:
        given[row["item"]].append(int(row["label"]))
    asked = task("rating", {"min": 1, "max": 4})

    async def ask(connection: str, request: Request) -> Reply:
        text = text_of(request.messages[-1])
        probs = json.loads(rows[text.split("\n")[1]]["probs"])
        places = [line.split(". ") for line in text.split("Options:\n")[1].split("\n\n")[0].split("\n")]
        top = tuple((letter, math.log(max(probs[option], 1e-9))) for letter, option in places)
        return Reply("A", Usage(), logprobs=(TokenLogprob(*top[0], top),))

    config = {"connection": "gpt", "confidence": ["logprob"]}
    found = [(answer(asked, config, i, ask), str(median_low(given[i])), i) for i in rows if i in given and rows[i]["probs"]]
    tell("scores of dialogues: GPT-3.5 by letter", found, "logprob", groups=[i.split("#")[0] for _, _, i in found])


def tell(name: str, found: list[tuple[Answer, str, str]], raw: str, groups: list[str] | None = None) -> None:
    """One line of the table; answers that failed are left out and counted."""
    kept = [n for n, (a, _, _) in enumerate(found) if a.prediction is not None]
    right = np.array([str(found[n][0].prediction.value) == found[n][1] for n in kept], float)  # type: ignore[union-attr]
    signals = [found[n][0].signals for n in kept]
    names = sorted({name for one in signals for name in one})
    table = np.array([[one.get(name, np.nan) for name in names] for one in signals])
    before = np.array([one.get(raw, np.nan) for one in signals])
    codes = None if groups is None else np.unique([groups[n] for n in kept], return_inverse=True)[1]
    fit = fit_confidence(table, right, groups=codes)
    after = np.full(len(right), np.nan) if isinstance(fit, NotEnough) else fit.out_of_fold
    accuracy = share(int(right.sum()), len(right))
    cells = [f"{len(right)}" + (f" ({len(found) - len(kept)} failed)" if len(kept) < len(found) else ""), _shown(accuracy)]
    for measure in (ece, discrimination):
        for p in (before, after):
            there = ~np.isnan(p)
            cells.append(_shown(measure(p[there], right[there])) if there.any() else "")
    print(f"| {name} | " + " | ".join(cells) + " |")


def _shown(one: Estimate) -> str:
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"


if __name__ == "__main__":
    main()
