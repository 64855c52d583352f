"""Compare prompt versions and models on the same items, and look at the errors. Nothing here becomes a suggestion.

A look at the blind answers gives figures and no items, and is counted: a prompt tuned on them could not be tested by them.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.api.routes.models import model_row
from milo.domain.errors import Conflict, Invalid, InvalidConfig, NotFound
from milo.domain.project import Project
from milo.flow.compare import ArmAnswer, CompareReport, ErrorGroup, error_group, error_groups
from milo.infra.comparing import MOST_ARMS, Arm, Chosen, Comparing, Plan
from milo.infra.connections import money_of
from milo.infra.sql.comparisons import ComparisonRow, ComparisonsSql
from milo.infra.sql.jobs import JobsSql
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.prompts import PromptRow, PromptsSql
from milo.kinds.asking import asks

_ROWS = 50


class ArmChoice(msgspec.Struct):
    """A model of the project, at a version of its prompt (null: the one in use)."""

    model: int
    version: int | None = None


class CompareBudget(msgspec.Struct):
    """The most that may be spent, in the connections' currency and in tokens; at least one of them."""

    money: float | None = None
    tokens: int | None = None


class NewComparison(msgspec.Struct):
    """Which arms, on which items. what: sample (drawn from all items), answered (from those that people answered without
    seeing a suggestion), gold, items (`item_ids`), or blind (the final test: figures only, and counted). `assisted`: answers
    given with a suggestion on the screen count too."""

    arms: list[ArmChoice]
    what: Literal["sample", "answered", "gold", "blind", "items"]
    budget: CompareBudget
    n: int = 100
    item_ids: list[int] = []
    assisted: bool = False
    note: str = ""


class ArmView(msgspec.Struct):
    """An arm as it was. `looks_before`: how often the blind answers had been looked at when this version was written; a
    version written after a look may have been tuned by it. Null where that does not matter. `currency`: of its costs."""

    model: int
    name: str
    version: int
    note: str
    looks_before: int | None
    currency: str


class ComparisonView(msgspec.Struct):
    """A comparison; `report` once there is one. `changed`: the guidelines or the questions are other ones by now."""

    id: int
    question: str
    what: str
    arms: list[ArmView]
    items: int
    scored: int
    look: int
    left_out: dict[str, int]
    assisted: bool
    note: str
    budget: CompareBudget
    message: str
    job: JobView | None
    report: CompareReport | None
    changed: bool
    author: str | None
    created_at: float


class ErrorQuery(msgspec.Struct):
    """Which arm's errors."""

    arm: int = 0


class GroupView(msgspec.Struct):
    """Errors that are alike, and the first of their items."""

    group: ErrorGroup
    items: list[int]


class RowsQuery(msgspec.Struct):
    """A page of the items. `arm` and `group`: only those with an error of this group; `only`: errors (of any arm), or
    different (the arms do not say the same)."""

    arm: int = 0
    group: str | None = None
    only: Literal["all", "errors", "different"] = "all"
    offset: int = 0


class ComparedRow(msgspec.Struct):
    """One item: its content, the reference if there is one, and each arm's answer with the key of its group of errors."""

    item_id: int
    data: dict[str, Any]
    reference: Any
    scored: bool
    answers: list[ArmAnswer]
    groups: list[str | None]


class ComparedPage(msgspec.Struct):
    """Rows from `offset` on, and how many there are."""

    rows: list[ComparedRow]
    total: int


@endpoint("GET", "/projects/{p}/comparisons", "model.view", reply=list[ComparisonView])
def list_comparisons(call: Call) -> list[ComparisonView]:
    """The latest comparisons, newest first."""
    rows = call.workspace.db.read(lambda c: ComparisonsSql(c).all(call.project_id))
    return [_view(call, row) for row in rows]


@endpoint("POST", "/projects/{p}/comparisons", "model.run", body=NewComparison, reply=ComparisonView, status=201)
def start_comparison(call: Call) -> ComparisonView:
    """Start a comparison. Its items are drawn now; the arms answer them in the background, within the budget."""
    given: NewComparison = call.body
    project, arms = call.workspace.projects.get(call.project_id), _arms(call, given.arms)
    plan, chosen = _chosen(call, project, given, arms)
    ident = call.workspace.comparing.start(project, _question(call, given.arms), given.what, plan, chosen, call.actor.user_id)
    return _view(call, _comparison(call, ident))


@endpoint("GET", "/projects/{p}/comparisons/{c}", "model.view", reply=ComparisonView)
def get_comparison(call: Call) -> ComparisonView:
    """One comparison with its report."""
    return _view(call, _comparison(call, call.params["c"]))


@endpoint("GET", "/projects/{p}/comparisons/{c}/errors", "model.view", query=ErrorQuery, reply=list[GroupView])
def list_comparison_errors(call: Call) -> list[GroupView]:
    """The errors of one arm, grouped, the largest group first. None for a comparison on blind answers."""
    row = _comparison(call, call.params["c"])
    if row.look:
        return []
    project = call.workspace.projects.get(call.project_id)
    question = project.schema.get(row.question)
    outcomes = [o for o in call.workspace.db.read(lambda c: ComparisonsSql(c).outcomes(row.id)) if o.arm == call.query.arm]
    references = call.workspace.db.read(lambda c: ComparisonsSql(c).references(row.id))
    groups = error_groups(call.workspace.task_types[question.type], question, outcomes, references)
    return [GroupView(group, items[:_ROWS]) for group, items in groups]


@endpoint("GET", "/projects/{p}/comparisons/{c}/items", "model.view", query=RowsQuery, reply=ComparedPage)
def list_compared_items(call: Call) -> ComparedPage:
    """What the arms said, item by item. Raises Conflict for a comparison on blind answers, whose items are never shown."""
    row = _comparison(call, call.params["c"])
    if row.look:
        raise Conflict(
            "This comparison used the blind answers: it gives figures and shows no items, so that the test stays one."
        )
    project = call.workspace.projects.get(call.project_id)
    question = project.schema.get(row.question)
    task = call.workspace.task_types[question.type]
    references = call.workspace.db.read(lambda c: ComparisonsSql(c).references(row.id))
    by_item: dict[int, list[ArmAnswer]] = {}
    for one in call.workspace.db.read(lambda c: ComparisonsSql(c).outcomes(row.id)):
        by_item.setdefault(one.item_id, []).append(one)
    keys = {i: [_key(error_group(task, question, o, references[i])) for o in found] for i, found in by_item.items()}
    ids = [i for i, found in by_item.items() if _wanted(call.query, found, keys[i])]
    page = ids[call.query.offset : call.query.offset + _ROWS]
    contents = {i: data for i, data, _ in call.workspace.db.read(lambda c: list(ModelsSql(c).contents(page)))}
    return ComparedPage(
        [
            ComparedRow(i, msgspec.json.decode(contents[i]), references[i], references[i] is not None, by_item[i], keys[i])
            for i in page
            if i in contents
        ],
        len(ids),
    )


def _key(group: ErrorGroup | None) -> str | None:
    return None if group is None else group.key


def _wanted(query: RowsQuery, found: list[ArmAnswer], keys: list[str | None]) -> bool:
    if query.group is not None:
        return any(o.arm == query.arm and key == query.group for o, key in zip(found, keys, strict=True))
    if query.only == "errors":
        return any(key is not None for key in keys)
    if query.only == "different":
        return len({msgspec.json.encode([o.value, o.error is not None]) for o in found}) > 1
    return True


def _arms(call: Call, given: list[ArmChoice]) -> list[Arm]:
    if not 1 <= len(given) <= MOST_ARMS:
        raise Invalid(f"Choose 1 to {MOST_ARMS} versions or models to compare.", place="arms")
    arms: list[Arm] = []
    for choice in given:
        row = model_row(call, choice.model)
        if not asks(call.workspace.registry.predictors.get(row.plugin)):
            raise InvalidConfig(f'"{row.name}" asks no connected model; only those that do can be compared here.', place="arms")
        prompt = _prompt(call, row, choice.version)
        arms.append(Arm(row.id, row.name, row.plugin, prompt.version, prompt.config))
    if len({(a.model, a.version) for a in arms}) < len(arms):
        raise Invalid("Two arms are the same version of the same model.", place="arms")
    return arms


def _prompt(call: Call, row: PredictorRow, version: int | None) -> PromptRow:
    db, now = call.workspace.db, call.workspace.clock()
    number = version or db.write(lambda c: PromptsSql(c).sync(row, "", None, now))
    prompt = db.read(lambda c: PromptsSql(c).get(row.id, number))
    if prompt is None:
        raise NotFound(f'"{row.name}" has no version {number}.', place="arms")
    return prompt


def _question(call: Call, given: list[ArmChoice]) -> str:
    questions = {model_row(call, choice.model).question for choice in given}
    if len(questions) != 1:
        raise Invalid("The models answer different questions; compare models of one question.", place="arms")
    return questions.pop()


def _chosen(call: Call, project: Project, given: NewComparison, arms: list[Arm]) -> tuple[Plan, Chosen]:
    budget = given.budget
    if budget.money is None and budget.tokens is None:
        raise Invalid("Set a budget: the most that may be spent, in money or in tokens.", place="budget")
    if given.n < 1 or (budget.money or 1) <= 0 or (budget.tokens or 1) <= 0:
        raise Invalid("The number of items and the budget must be above 0.", place="n")
    seed = int(call.workspace.clock() * 1000)
    plan = Plan(arms, budget.money, budget.tokens, seed, given.assisted, rules_mark(project), given.note.strip()[:500])
    question = project.schema.get(_question(call, given.arms))
    comparing: Comparing = call.workspace.comparing
    n = len(given.item_ids) if given.what == "items" else given.n
    chosen = comparing.choose(project, question, given.what, n, given.item_ids, arms, seed, assisted=given.assisted)
    return plan, chosen


def rules_mark(project: Project) -> str:
    """Stands for the guidelines and the questions, which are part of every prompt."""
    held = msgspec.json.encode([project.spec.guidelines, project.spec.questions])
    return hashlib.blake2b(held, digest_size=8).hexdigest()


def _comparison(call: Call, ident: int) -> ComparisonRow:
    row = call.workspace.db.read(lambda c: ComparisonsSql(c).get(ident))
    if row is None or row.project_id != call.project_id:
        raise NotFound(f"There is no comparison {ident} in this project.", place="c")
    return row


def _view(call: Call, row: ComparisonRow) -> ComparisonView:
    plan = msgspec.convert(row.args, Plan)
    looks = call.workspace.db.read(lambda c: ComparisonsSql(c).look_times(row.project_id, row.question)) if row.look else []
    items, scored = call.workspace.db.read(lambda c: ComparisonsSql(c).size(row.id))
    job = call.workspace.db.read(lambda c: JobsSql(c).get(row.job_id or 0))
    return ComparisonView(
        row.id, row.question, row.what, [_arm_view(call, arm, row, looks) for arm in plan.arms], items, scored, row.look,
        row.left_out, plan.assisted, plan.note, CompareBudget(plan.money, plan.tokens), row.message,
        view(job, call.workspace.clock()) if job else None,
        msgspec.convert(row.report, CompareReport) if row.report else None,
        plan.rules != rules_mark(call.workspace.projects.get(row.project_id)), row.author, row.created_at,
    )  # fmt: skip


def _arm_view(call: Call, arm: Arm, row: ComparisonRow, looks: list[float]) -> ArmView:
    prompt = call.workspace.db.read(lambda c: PromptsSql(c).get(arm.model, arm.version))
    predictors: Any = call.workspace.registry.predictors
    names = predictors.get(arm.plugin).connections(arm.config) if arm.plugin in predictors else []
    currency = money_of(call.workspace, names)[1]
    before = sum(at < prompt.at for at in looks[: row.look - 1]) if prompt is not None and row.look else None
    return ArmView(arm.model, arm.name, arm.version, prompt.note if prompt else "", before, currency)
