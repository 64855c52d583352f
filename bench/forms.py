"""How well forms are filled in from documents, by how many were filled in before, and what a page costs.

It stands alone because it needs no server: words are taken from the files once, then models are fitted and asked in this
process. Drawn invoices (see `milo.builtin.demo`) have any number of firms, so that bills of firms that were learned from and
bills of others can be told apart; a folder of real papers (PDF files, each with a JSON file of its values beside it) is
answered one by one, each by a model of all the others.

    python bench/forms.py [--real FOLDER --fields issuer,date:date,amount:amount] [--answered 6,12,25,50,100]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from milo.builtin.demo._invoice_drawing import invoice
from milo.builtin.predictors.document_fields import PLUGIN as LEARNED
from milo.builtin.predictors.field_cues import PLUGIN as CUES
from milo.builtin.tasks.fields import PLUGIN as FIELDS
from milo.domain.errors import InvalidValue
from milo.domain.question import Field, Question
from milo.infra import document_work, pdf_words
from milo.kinds.predictor import Candidate, Example

RESULTS = Path(__file__).resolve().parent / "results" / "forms.json"
OVER = (Field("paper", "document"),)
DRAWN = "issuer,number,date:date,due:date,net:amount,total:amount,currency:EUR|USD|GBP"
Paper = tuple[dict[str, Any], dict[str, Any]]


def asked(fields: str) -> Question:
    """A form of these fields, as name, name:type or name:LABEL|LABEL."""
    parts: list[dict[str, Any]] = []
    for name, _, kind in (one.partition(":") for one in fields.split(",")):
        labels = {"type": "choice", "labels": kind.split("|")} if "|" in kind else {"type": kind or "text"}
        parts.append({"name": name, **labels})
    question = FIELDS.check_config(Question("form", "fields", config={"fields": parts}), OVER)
    return msgspec.structs.replace(question, shape="fields")


def paper(path: Path, folder: Path) -> dict[str, Any]:
    """An item with the words of a PDF file's first pages."""
    found = document_work.probe(path)
    words: list[str | None] = []
    for page in range(min(6, found["pages"])):
        kept = folder / f"{path.stem}-{page}.json"
        read = pdf_words.words(document_work.opened(path), page)
        kept.write_bytes(msgspec.json.encode(read))
        words.append(str(kept) if read else None)
    return {"paper": {"media": 1, "mime": "application/pdf", "words": words, **found}}


def drawn(firm: int, number: int, question: Question, folder: Path) -> Paper:
    """A drawn bill and what it says."""
    made = invoice(firm, number)
    path = folder / made.name
    path.write_bytes(made.content)
    return paper(path, folder), FIELDS.check(question, {k: {"value": v} for k, v in made.truth.items()}, None)


def real(folder: Path, question: Question, words: Path) -> dict[str, Paper]:
    """The papers of a folder; values that do not fit their field, and those that are missing, count as not said."""
    found: dict[str, Paper] = {}
    for path in sorted(folder.glob("*.pdf")):
        said = json.loads(path.with_suffix(".json").read_text())
        said = said[0] if isinstance(said, list) else said
        form: dict[str, Any] = {}
        for part in question.config["fields"]:
            try:
                form |= FIELDS.check(question, {part["name"]: {"value": said.get(part["name"])}}, None)
            except InvalidValue:
                form[part["name"]] = {"value": None}
        found[path.stem] = paper(path, words), form
    return found


def hits(question: Question, form: dict[str, Any], truth: dict[str, Any]) -> dict[str, bool]:
    """Field by field, whether the value is that of the paper; not said and left open are the same."""
    found: dict[str, bool] = {}
    for part in question.config["fields"]:
        name = part["name"]
        alone = msgspec.structs.replace(question, config=question.config | {"fields": [part]})
        mine, its = ({name: one[name]} if name in one else {} for one in (form, truth))
        found[name] = FIELDS.agreement(alone, mine, its) >= 1.0
    return found


def tried(
    plugin: Any, question: Question, config: dict[str, Any], model: bytes | None, papers: Sequence[Paper]
) -> dict[str, Any]:
    """Exact values by field, whole forms, how far chances are off, and CPU time a page."""
    start = time.process_time()
    given = [Candidate(i, data) for i, (data, _) in enumerate(papers)]
    said = {p.item_id: p.value for p in plugin.predict(question, OVER, config, model, given)}
    cpu = time.process_time() - start
    each = [hits(question, said.get(i, {}), truth) for i, (_, truth) in enumerate(papers)]
    chances = [
        (said[i][n]["score"], hit)
        for i, one in enumerate(each)
        for n, hit in one.items()
        if "score" in said.get(i, {}).get(n, {})
    ]
    pages = sum(len(data["paper"]["words"]) for data, _ in papers)
    return {
        "right": {name: round(sum(one[name] for one in each) / len(each), 3) for name in each[0]},
        "fields": round(sum(sum(one.values()) for one in each) / sum(map(len, each)), 3),
        "whole": round(sum(all(one.values()) for one in each) / len(each), 3),
        "calibration": _off(chances), "ms a page": round(1000 * cpu / pages, 1),
    }  # fmt: skip


def _off(chances: list[tuple[float, bool]]) -> float | None:
    """Expected calibration error over ten bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, hit in chances:
        bins.setdefault(min(9, int(10 * chance)), []).append((chance, hit))
    off = sum(abs(sum(c for c, _ in one) - sum(h for _, h in one)) for one in bins.values())
    return round(off / len(chances), 3) if chances else None


def on_drawn(answered: list[int], folder: Path) -> list[dict[str, Any]]:
    """Bills of twelve firms are learned from; sixty others of theirs, and sixty of as many other firms, are filled in."""
    question, chance = asked(DRAWN), random.Random(1)
    learned = [drawn(chance.randrange(12), n, question, folder) for n in range(max(answered))]
    known = [drawn(chance.randrange(12), 1000 + n, question, folder) for n in range(60)]
    new = [drawn(100 + n, n, question, folder) for n in range(60)]
    rows: list[dict[str, Any]] = []
    for n in [0, *answered]:
        plugin: Any = LEARNED if n else CUES
        config, model, start = plugin.check_config({}, question), None, time.process_time()
        if n:
            model = plugin.fit(question, OVER, config, [Example(i, *one) for i, one in enumerate(learned[:n])]).model
        fit = round(time.process_time() - start, 2)
        rows.append(
            {
                "answered": n,
                "fit cpu s": fit,
                "known": tried(plugin, question, config, model, known),
                "new": tried(plugin, question, config, model, new),
            }
        )
        print(json.dumps(rows[-1]))
    return rows


def on_real(folder: Path, fields: str, words: Path) -> dict[str, Any]:
    """Each paper by a model of all the others, and by cues alone."""
    question = asked(fields)
    papers = list(real(folder, question, words).values())
    config = LEARNED.check_config({}, question)
    each: list[dict[str, Any]] = []
    for at, one in enumerate(papers):
        others = [Example(i, *other) for i, other in enumerate(papers) if i != at]
        each.append(tried(LEARNED, question, config, LEARNED.fit(question, OVER, config, others).model, [one]))
    learned = {name: [sum(e["right"][name] for e in each), len(each)] for name in each[0]["right"]}
    cues = tried(CUES, question, CUES.check_config({}, question), None, papers)
    found = {
        "papers": len(papers),
        "learned from the others": learned,
        "by cues": cues["right"],
        "ms a page": cues["ms a page"],
    }
    print(json.dumps(found))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Forms filled in from documents.")
    parser.add_argument("--real", type=Path)
    parser.add_argument(
        "--fields", default="issuer,invoice_number,date:date,amount:amount,amount_untaxed:amount,currency:EUR|USD|INR"
    )
    parser.add_argument("--answered", default="6,12,25,50,100")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        answered = [int(n) for n in args.answered.split(",")]
        found: dict[str, Any] = {"drawn": on_drawn(answered, Path(folder))}
        if args.real is not None:
            found["real"] = on_real(args.real, args.fields, Path(folder))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
