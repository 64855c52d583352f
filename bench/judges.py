"""Judges against people, on published answers of real models: python bench/judges.py FOLDER

FOLDER holds recorded judgements as `<name>.items.jsonl` and `<name>.labels.csv` (item, rater, kind, run, label, probs). The
recordings are played through Milo's own judges and its report, as if a server had just answered:

- rubric: LLM-Rubric (Hashemi et al., ACL 2024), conversations rated on a scale of 1 to 4 for nine questions by gpt-3.5-turbo
  with token probabilities and by people;
- pairs in both orders: LLMBar, natural part (Zeng et al., ICLR 2024), several models under plain prompts, with gold;
- pairs in one order: PandaLM (Wang et al., ICLR 2024), two models against the majority of three people.
"""

from __future__ import annotations

import asyncio
import csv
import json
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from milo.domain.question import Field
from milo.domain.rubric import rated
from milo.domain.verdict import Criterion, Level, Rubric, Verdict
from milo.flow.judge_report import AdviceCounts, JudgeFigure, Seen, corrected_pass_rate, report
from milo.kinds.asking import Judged, Shown, Task
from milo.kinds.provider import Reply, Request, TokenLogprob, Usage, text_of
from milo.kinds.registry import Registry
from milo.stats.judging import length_bias, order_bias
from milo.testing import make_item, make_question

SCALE = tuple(Level(k, f"{k} of 4") for k in range(1, 5))
RUBRIC = Rubric("recorded", (Criterion("q", "Question", SCALE, pass_mark=3),), pass_mark=0.0)
Row = dict[str, str]
PROMPTS = ("/Vanilla", "/CoT", "/Metrics")


def rows(folder: Path, name: str) -> list[Row]:
    """The labels of a set."""
    with (folder / f"{name}.labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def contents(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """The items of a set by their name."""
    with (folder / f"{name}.items.jsonl").open() as file:
        return {one["item"]: one for one in map(json.loads, file)}


class Setting:
    """What every judge needs around an answer."""

    def __init__(self) -> None:
        registry = Registry()
        registry.load_package("milo.builtin", ("tasks", "judges"))
        text = registry.task_types.get("text")
        fields = (Field("text"),)
        self.task = Task(text.check_config(make_question("text", {}), fields), fields, "", text)
        self.judges = registry.judges
        self.shown = Shown(make_item("recorded"), {"text": "recorded"})

    def judge(self, plugin: str, judged: Judged, ask: Any) -> Verdict:
        """The verdict of one of Milo's judges, with recorded answers."""
        one = self.judges.get(plugin)
        config = one.check_config({"connection": "recorded", "retries": 0}, self.task.question)
        return asyncio.run(one.judge(self.task, config, RUBRIC, self.shown, judged, ask))


class Scored:
    """Answers with recorded probabilities of the scores 1 to 4."""

    def __init__(self, chances: dict[str, float]) -> None:
        self.chances = chances

    async def __call__(self, connection: str, request: Request) -> Reply:
        """A review of one token for each character, its score with the alternatives."""
        best = max(self.chances, key=lambda k: self.chances[k])
        said = {"criteria": {"q": {"evidence": [], "reason": "", "score": best}}, "advice": ""}
        text = msgspec.json.encode(said).decode()
        place = text.index(f'"score":"{best}"') + len('"score":"')
        top = tuple((k, math.log(max(p, 1e-9))) for k, p in self.chances.items())
        tokens = tuple(
            TokenLogprob(c, math.log(max(self.chances[best], 1e-9)), top) if k == place else TokenLogprob(c, 0.0)
            for k, c in enumerate(text)
        )
        return Reply(text, Usage(1, 1), logprobs=tokens)


class Preferred:
    """Answers with the recorded preference of each order: `forward` for the first candidate first."""

    def __init__(self, forward: str, swapped: str, first: str) -> None:
        self.forward, self.swapped, self.first = forward, swapped, first

    async def __call__(self, connection: str, request: Request) -> Reply:
        """A comparison in which one place is better."""
        asked = text_of(request.messages[-1])
        better = self.forward if asked.index(self.first) < asked.index("second candidate") else self.swapped
        said = {"criteria": {"q": {"reason": "", "better": better}}, "reason": "", "better": better}
        return Reply(msgspec.json.encode(said).decode(), Usage(1, 1))


def told(figure: JudgeFigure) -> str:
    """A figure with its interval."""
    if figure.value is None:
        return "-"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})" if figure.low is not None else f"{figure.value:.2f}"


def rubric(folder: Path, setting: Setting) -> None:
    """Scores with distributions against people, question by question, and the corrected pass rate."""
    machine = {r["item"]: json.loads(r["probs"]) for r in rows(folder, "synth") if r["kind"] == "llm" and r["probs"]}
    people: dict[str, list[int]] = defaultdict(list)
    for r in rows(folder, "synth"):
        if r["kind"] == "human":
            people[r["item"]].append(int(float(r["label"])))
    by_question: dict[str, list[tuple[Verdict, int]]] = defaultdict(list)
    rng = np.random.default_rng(0)
    for item in sorted(set(machine) & set(people)):
        verdict = setting.judge("rubric", Judged("recorded"), Scored(machine[item]))
        by_question[item.split("#")[1]].append((verdict, int(rng.choice(people[item]))))
    print("\n## Rubric, gpt-3.5-turbo with token probabilities against one person each\n")
    heads = "kappa (linear) | same level | alarms right | faults found | milder by | passes | people pass"
    print(f"| question | n | {heads} | corrected from 50 audits |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    hits, known, width = 0, 0, []
    for question, pairs in sorted(by_question.items()):
        seen = [Seen(v, rated(RUBRIC, {"q": score}), 1.0, 1 + k) for k, (v, score) in enumerate(pairs)]
        ours = np.array([v.passed for v, _ in pairs])
        theirs = np.array([score >= 3 for _, score in pairs])
        found = report(RUBRIC, seen, (len(pairs), int(ours.sum())), len(seen), [], AdviceCounts())
        one = found.criteria[0]
        assert one.alarms is not None
        sampled = rng.choice(len(pairs), min(50, len(pairs)), replace=False)
        fixed = corrected_pass_rate(ours[sampled], theirs[sampled], (len(pairs), int(ours.sum())))
        for _ in range(200):
            drawn = rng.choice(len(pairs), min(50, len(pairs)), replace=False)
            again = corrected_pass_rate(ours[drawn], theirs[drawn], (len(pairs), int(ours.sum())))
            if again.low is not None and again.high is not None:
                known += 1
                hits += again.low <= theirs.mean() <= again.high
                width.append(again.high - again.low)
        print(
            f"| {question} | {len(pairs)} | {told(one.kappa)} | {told(one.agreement)} | {told(one.alarms.precision)} | "
            f"{told(one.alarms.recall)} | {told(one.bias)} | {ours.mean():.2f} | {theirs.mean():.2f} | {told(fixed)} |"
        )
    print(f"\nOver 200 draws of 50 audits for each question the corrected interval held the people's pass rate in "
          f"{hits / known:.1%} of {known:,}; mean width {np.mean(width):.2f}.")  # fmt: skip


def both_orders(folder: Path, setting: Setting) -> None:
    """Each prompt in both orders through the pairwise judge, against gold."""
    gold = {item: one["gold"] for item, one in contents(folder, "natural").items()}
    answers: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for r in rows(folder, "natural"):
        answers[r["rater"]][r["item"]][r["run"]] = r["label"]
    print("\n## Pairs in both orders, plain prompts, against gold (100 pairs)\n")
    heads = "right, one order | same in both orders | of the others for the first | right where consistent"
    print(f"| model and prompt | {heads} | decided |")
    print("|---|---|---|---|---|---|")
    for rater, found in sorted(answers.items()):
        if not rater.endswith(PROMPTS):
            continue
        forward, swapped, right, decided, single, n = [], [], 0, 0, 0, 0
        for item, runs in sorted(found.items()):
            if set(runs) != {"1", "2"} or not all(v in ("1", "2") for v in runs.values()):
                continue
            n += 1
            there = "A" if runs["1"] == "1" else "B"
            back = "B" if runs["2"] == "1" else "A"
            verdict = setting.judge(
                "pairwise", Judged("first candidate", "second candidate"), Preferred(there, back, "first candidate")
            )
            forward.append(verdict.info["forward"])
            swapped.append(verdict.info["swapped"])
            single += runs["1"] == str(gold[item])
            if verdict.total != 0.5:
                decided += 1
                right += (verdict.total == 1.0) == (str(gold[item]) == "1")
        bias = order_bias(forward, swapped)
        print(
            f"| {rater} | {single / n:.2f} | {bias.consistent.value:.2f} ({bias.consistent.low:.2f} to "
            f"{bias.consistent.high:.2f}) | {bias.first.value:.2f} ({bias.first.low:.2f} to {bias.first.high:.2f}), "
            f"p {bias.p:.3f} | {right / max(1, decided):.2f} | {decided} of {n} |"
        )


def one_order(folder: Path) -> None:
    """Two models against the majority of three people."""
    votes: dict[str, list[str]] = defaultdict(list)
    machine: dict[str, dict[str, str]] = defaultdict(dict)
    for r in rows(folder, "pandalm_even"):
        if r["kind"] == "human":
            votes[r["item"]].append(r["label"])
        else:
            machine[r["rater"]][r["item"]] = r["label"]
    majority = {i: c[0][0] for i, v in votes.items() if (c := Counter(v).most_common(2)) and c[0][1] >= 2}
    items = contents(folder, "pandalm_even")
    alone = [(int(v[0] == v[1]) + int(v[1] == v[2])) / 2 for v in votes.values()]
    print("\n## Pairs in one order against the majority of three people (PandaLM)\n")
    agreed = f"Two people agree on {np.mean(alone):.2f} of the pairs"
    print(f"{agreed}; {len(majority)} of {len(votes)} have a majority.\n")
    print("| model | agrees | kappa | log odds for the longer answer, people held fixed |")
    print("|---|---|---|---|")
    from milo.stats.kappa import cohen_kappa

    for rater, given in sorted(machine.items()):
        both = sorted(i for i in given if i in majority and given[i] in ("0", "1", "2"))
        a, b = [int(majority[i]) for i in both], [int(given[i]) for i in both]
        kappa = cohen_kappa(a, b, n_codes=3)
        firm = [i for i in both if given[i] in ("1", "2")]
        sizes = [[max(1, len(str(items[i]["content"][f"response{k}"]))) for i in firm] for k in (1, 2)]
        people = [sum({"1": 1, "2": -1, "0": 0}[v] for v in votes[i]) / 3 for i in firm]
        lean = length_bias([given[i] == "1" for i in firm], sizes[0], sizes[1], people)
        agrees = np.mean([x == y for x, y in zip(a, b, strict=True)])
        print(
            f"| {rater} | {agrees:.2f} of {len(both)} | {kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f}) | "
            f"{lean.value:+.2f} ({lean.low:+.2f} to {lean.high:+.2f}) per doubling |"
        )


def main(folder: Path) -> None:
    """All three."""
    setting = Setting()
    rubric(folder, setting)
    both_orders(folder, setting)
    one_order(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
