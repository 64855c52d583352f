"""Comparisons of prompts and models: the same items go to every arm, as a job with a budget, and nothing becomes a suggestion.

Stands apart from runs because its answers live in tables of their own: what is tried out must not reach anybody's screen. Arms
take turns item by item, so that a busy hour of a server hits them alike.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from milo.domain.errors import BadAnswer, BudgetSpent, Conflict, Invalid, MiloError, NotFound
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Question
from milo.domain.reading import reads_by_field
from milo.flow.compare import ArmAnswer, report
from milo.infra.gateway import CallFor
from milo.infra.jobs import JobRun
from milo.infra.preannotate.examples import Examples, gather
from milo.infra.providers.budget import Budget
from milo.infra.rendering import as_text
from milo.infra.showing import Showing
from milo.infra.sql.comparisons import ComparisonRow, ComparisonsSql
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.models import ModelsSql
from milo.kinds.asking import Ask, AskingPredictor, Shown, Task
from milo.kinds.predictor import Example
from milo.kinds.provider import Reply, Request
from milo.kinds.task_type import TaskType

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

What = Literal["sample", "answered", "gold", "blind", "items"]
MOST_ITEMS, MOST_ARMS = 2_000, 6
_PAGE, _AT_ONCE = 16, 16
_RAW = 2_000
_RANK = {"gold": 0, "resolution": 1, "answer": 2}
_NOTHING = {
    "blind": "Nobody has answered this question blind yet. They come up as people label; about 50 give a first impression.",
    "gold": "There are no gold answers to this question outside of the blind slice.",
    "answered": "There are no answers that were given without a suggestion on the screen.",
    "sample": "There are no items to compare on.",
    "items": "None of these items can be compared on: they do not exist here, or are kept for the blind test.",
}


class Arm(msgspec.Struct, frozen=True):
    """One side of a comparison: a model at a version, with the config that this version is."""

    model: int
    name: str
    plugin: str
    version: int
    config: dict[str, Any]


class Plan(msgspec.Struct, frozen=True):
    """What is compared. `seed` draws the items; `rules` stands for the guidelines and questions that held when it began."""

    arms: list[Arm]
    money: float | None
    tokens: int | None
    seed: int
    assisted: bool
    rules: str
    note: str = ""


class Chosen(msgspec.Struct, frozen=True):
    """The items with their references (None: without one), and how many were left out for which reason."""

    items: dict[int, Any]
    left_out: dict[str, int]


class Comparing:
    """Chooses the items, runs the arms over them, and keeps the report."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        workspace.jobs.handler("compare", self._run)

    def choose(
        self, project: Project, question: Question, what: What, n: int, item_ids: Sequence[int], arms: list[Arm], seed: int,
        *, assisted: bool = False,
    ) -> Chosen:  # fmt: skip
        """Draw the items. Raises Conflict if there are none. Items that are examples in a prompt are left out: their answer
        stands there."""
        task = self.ws.task_types[question.type]
        rows = self.ws.db.read(lambda c: ComparisonsSql(c).people(project.id, question.name, what, assisted))
        references = merged(task, question, rows)
        pool = self._pool(project.id, what, item_ids, references)
        kept, examples = self._drawn(pool, min(n, MOST_ITEMS), arms, project.spec, seed)
        if not kept:
            raise Conflict(_NOTHING[what], place="what")
        left_out = {"not here, or kept for the blind test": len(set(item_ids)) - len(pool)} if what == "items" else {}
        left_out["used as an example in a prompt"] = examples
        return Chosen({i: references.get(i) for i in sorted(kept)}, {why: count for why, count in left_out.items() if count})

    def _drawn(self, pool: list[int], n: int, arms: list[Arm], spec: ProjectSpec, seed: int) -> tuple[list[int], int]:
        """`n` of the pool by chance, without those whose content stands in a prompt; and how many those were."""
        written = [e for arm in arms for e in fixed_examples(arm.config)]
        drawn = random.Random(seed).sample(pool, min(n + len(written), len(pool)))
        if not written:
            return drawn, 0
        contents = self.ws.db.read(lambda c: list(ModelsSql(c).contents(drawn)))
        kinds, reads = {f.name: f.kind for f in spec.fields}, reads_by_field(spec.questions)
        texts = ((i, _texts(msgspec.json.decode(data), kinds, reads)) for i, data, _ in contents)
        examples = {i for i, text in texts if any(_is_written(e, text) for e in written)}
        return [i for i in drawn if i not in examples][:n], len(examples)

    def start(self, project: Project, question: str, what: What, plan: Plan, chosen: Chosen, user_id: int | None) -> int:
        """Store the comparison and queue its job; its id."""
        args, now = msgspec.to_builtins(plan), self.ws.clock()
        ident = self.ws.db.write(
            lambda c: ComparisonsSql(c).add(project.id, question, what, args, chosen.items, chosen.left_out, user_id, now)
        )
        job = self.ws.jobs.submit("compare", project.id, {"comparison": ident}, user_id)
        self.ws.db.write(lambda c: ComparisonsSql(c).change(ident, job_id=job))
        return ident

    def _pool(self, project_id: int, what: What, item_ids: Sequence[int], references: dict[int, Any]) -> list[int]:
        if what in ("gold", "answered", "blind"):
            return sorted(references)
        free = self.ws.db.read(lambda c: ComparisonsSql(c).open_items(project_id))
        return sorted(set(item_ids) & set(free)) if what == "items" else free

    def _run(self, job: JobRun) -> dict[str, Any]:
        row = self.ws.db.read(lambda c: ComparisonsSql(c).get(job.args["comparison"]))
        if row is None:
            raise NotFound("This comparison was deleted meanwhile.")
        project = self.ws.projects.get(row.project_id)
        turns = _Turns(self.ws, project, row, msgspec.convert(row.args, Plan), job)
        message = turns.work()
        outcomes = self.ws.db.read(lambda c: ComparisonsSql(c).outcomes(row.id))
        question = project.schema.get(row.question)
        found = report(self.ws.task_types[question.type], question, outcomes, len(turns.plan.arms), row.look)
        self.ws.db.write(lambda c: ComparisonsSql(c).change(row.id, report=msgspec.to_builtins(found), message=message))
        return {"comparison": row.id, "items": found.items}


class _Turns:
    """One job's way through the items, from where it stopped."""

    def __init__(self, workspace: Workspace, project: Project, row: ComparisonRow, plan: Plan, job: JobRun) -> None:
        self.ws, self.project, self.row, self.plan, self.job = workspace, project, row, plan, job
        self.question = project.schema.get(row.question)
        self.plugins = [cast("AskingPredictor", workspace.registry.predictors.get(arm.plugin)) for arm in plan.arms]
        self.showings = [showing_of(workspace, project, p, a.config) for p, a in zip(self.plugins, plan.arms, strict=True)]
        self.tasks = [showing.task(row.question) for showing in self.showings]
        self.examples = [
            examples_for(workspace, project, p, a.config, t)
            for p, a, t in zip(self.plugins, plan.arms, self.tasks, strict=True)
        ]
        self.references = workspace.db.read(lambda c: ComparisonsSql(c).references(row.id))
        money, tokens = workspace.db.read(lambda c: ComparisonsSql(c).spent(row.id))
        self.budget = Budget(plan.money, plan.tokens, spent_money=money, spent_tokens=tokens)

    def work(self) -> str:
        """Go through all items; why it ended early, "" if it did not."""
        settled = self.ws.db.read(lambda c: ComparisonsSql(c).settled(self.row.id))
        items, arms = list(self.references), range(len(self.plan.arms))
        total, done = len(items) * len(arms), len(settled)
        self.job.advance(done, total)
        for start in range(0, len(items), _PAGE):
            page = [(i, a) for i in items[start : start + _PAGE] for a in arms if (i, a) not in settled]
            if not page:
                continue
            self.job.check()
            outcomes, trouble = self._page(page)
            done += len(outcomes)
            self._store(outcomes, done)
            if isinstance(trouble, BudgetSpent):
                return trouble.message
            if trouble is not None:
                raise trouble
        return ""

    def _store(self, outcomes: list[ArmAnswer], done: int) -> None:
        def store(c: Connection) -> None:
            ComparisonsSql(c).put(self.row.id, outcomes)
            self.job.advance(done, conn=c)

        self.ws.db.write(store, BACKGROUND)

    def _page(self, page: list[tuple[int, int]]) -> tuple[list[ArmAnswer], MiloError | None]:
        """The outcomes of a page, and what stopped it, if anything did."""
        ready: list[tuple[int, int, Shown]] = []
        outcomes: list[ArmAnswer] = []
        for item, arm in page:
            try:
                ready.append((item, arm, self.showings[arm].shown(item)))
            except Invalid as error:
                outcomes.append(self._scored(ArmAnswer(item, arm, error=error.message)))
        found = self._wait(self.ws.gateway.run(self._ask_all(ready)))
        outcomes += [one for one in found if isinstance(one, ArmAnswer)]
        return outcomes, next((one for one in found if isinstance(one, MiloError)), None)

    def _wait(self, future: Future[list[ArmAnswer | MiloError]]) -> list[ArmAnswer | MiloError]:
        while True:
            try:
                return future.result(0.2)
            except NotYet:
                if self.job.should_stop():
                    future.cancel()
            except CancelledError:
                self.job.check()
                raise

    async def _ask_all(self, ready: list[tuple[int, int, Shown]]) -> list[ArmAnswer | MiloError]:
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(item: int, arm: int, shown: Shown) -> ArmAnswer | MiloError:
            async with free:
                return await self._ask(item, arm, shown)

        return list(await asyncio.gather(*(one(*each) for each in ready)))

    async def _ask(self, item: int, arm: int, shown: Shown) -> ArmAnswer | MiloError:
        """One arm's turn with one item. Trouble that is not the prompt's fault stops the comparison: it says nothing of it."""
        call = CallFor(
            "compare", self.project, item, None, self.job.user_id, self.showings[arm].names, budget=self.budget
        )  # fmt: skip
        tally = _Tally(self.ws, call)
        try:
            examples = await self._examples(arm, shown, tally)
            answer = await self.plugins[arm].answer(self.tasks[arm], self.plan.arms[arm].config, shown, examples, tally)
        except BadAnswer as error:
            return self._scored(tally.outcome(item, arm, error=error.message, raw=error.raw[:_RAW]))
        except MiloError as error:
            return error
        if answer.prediction is None:
            return self._scored(tally.outcome(item, arm, error=answer.error or "no answer", raw=answer.raw[:_RAW]))
        one = answer.prediction
        return self._scored(tally.outcome(item, arm, value=one.value, reason=one.reason, raw=answer.raw[:_RAW]))

    async def _examples(self, arm: int, shown: Shown, tally: Ask) -> list[Example]:
        pool, plugin, config = self.examples[arm], self.plugins[arm], self.plan.arms[arm].config
        if pool is None:
            return []
        found, (_, reasons) = pool.like(shown), plugin.wants(config)
        if not reasons:
            return found
        return await pool.explained(found, lambda one: plugin.explain(self.tasks[arm], config, one, tally))

    def _scored(self, outcome: ArmAnswer) -> ArmAnswer:
        reference = self.references.get(outcome.item_id)
        if reference is None:
            return outcome
        if outcome.error is not None:
            return msgspec.structs.replace(outcome, agreement=0.0)
        task = self.ws.task_types[self.question.type]
        return msgspec.structs.replace(outcome, agreement=float(task.agreement(self.question, outcome.value, reference)))


class _Tally:
    """Asks for one turn and counts what it takes."""

    def __init__(self, workspace: Workspace, call: CallFor) -> None:
        self._ws, self._call = workspace, call
        self._replies: list[Reply] = []

    async def __call__(self, connection: str, request: Request) -> Reply:
        """The answer."""
        reply = await self._ws.gateway.complete(connection, request, self._call)
        self._replies.append(reply)
        return reply

    def outcome(self, item: int, arm: int, **found: Any) -> ArmAnswer:
        """What the turn came to."""
        replies = self._replies
        costs = [r.cost for r in replies if not r.from_cache]
        return ArmAnswer(
            item, arm, **found, calls=len(replies), cached=sum(r.from_cache for r in replies),
            input_tokens=sum(r.usage.input for r in replies), output_tokens=sum(r.usage.output for r in replies),
            cost=None if None in costs else sum(c or 0.0 for c in costs), seconds=sum(r.seconds for r in replies),
        )  # fmt: skip


def reference_of(workspace: Workspace, project: Project, question: Question, item_id: int) -> Any:
    """People's answer to one item outside of the blind slice, however it came about; None if there is none."""
    rows = workspace.db.read(lambda c: ComparisonsSql(c).people(project.id, question.name, "answered", True, item_id))
    return merged(workspace.task_types[question.type], question, rows).get(item_id)


def merged(task: TaskType, question: Question, rows: list[tuple[int, str, Any]]) -> dict[int, Any]:
    """One reference an item: gold before a resolution before what people's answers come to together."""
    best: dict[int, tuple[int, list[Any]]] = {}
    for item, role, value in rows:
        rank = _RANK.get(role, 2)
        held = best.get(item)
        if held is None or rank < held[0]:
            best[item] = (rank, [value])
        elif rank == held[0]:
            held[1].append(value)
    return {item: task.merge(question, values) for item, (_, values) in best.items()}


def showing_of(workspace: Workspace, project: Project, plugin: AskingPredictor, config: dict[str, Any]) -> Showing:
    """What the connections of a config may see of a project."""
    return Showing(workspace, project, plugin.connections(config), config.get("fields"))


def fixed_examples(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The examples that are written down in a prompt."""
    given = cast("list[Any]", config.get("fixed_examples") or [])
    return [cast("dict[str, Any]", e) for e in given if isinstance(e, dict)]


def _texts(data: dict[str, Any], kinds: dict[str, str], reads: dict[str, str]) -> dict[str, str]:
    """The item's texts as a model reads them."""
    return {name: as_text(value, kinds[name], reads.get(name)) for name, value in data.items() if name in kinds}


def _is_written(example: dict[str, Any], data: dict[str, str]) -> bool:
    """Whether an example in a prompt is this item, told by its texts."""
    own: dict[str, Any] = example.get("data") or {}
    if own:
        return all(data.get(name) == value for name, value in own.items())
    return bool(example.get("text")) and example["text"] in data.values()


def examples_for(
    workspace: Workspace, project: Project, plugin: AskingPredictor, config: dict[str, Any], task: Task
) -> Examples | None:
    """The similar answered items that a prompt draws on, ready to be asked for each item; None if it wants none."""
    k, _ = plugin.wants(config)
    return gather(workspace, project.id, task, k) if k else None
