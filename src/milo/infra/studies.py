"""The studies of a workspace: who is at work in one, what they may see, freezing a plan, and gathering the data.

Stands alone because it holds the one thing that every request must know at once: whether a study concerns this person and this
project. That is kept in memory; where no study runs, nothing else is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Conflict, Forbidden, InvalidConfig, NotFound
from milo.domain.people import Action
from milo.domain.project import Project
from milo.domain.study import Arm, Closing, Design, Form, check_closing, check_design, check_form
from milo.flow.ports.work import SKIPPED
from milo.flow.study import data as files
from milo.flow.study.part import Part, asks_trust
from milo.flow.study.plan import FORMAT, Plan, PlannedItem, codes, draw, hash_of, read_plan, sealed
from milo.flow.suggestions import choose
from milo.flow.visible import Sight
from milo.infra.sql.database import ANSWERS, Connection
from milo.infra.sql.judges import JudgesSql
from milo.infra.sql.look import Look, SuggestionView
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.people import PeopleSql
from milo.infra.sql.studies import StudiesSql, StudyRow
from milo.infra.sql.study_data import Outcome, StudyDataSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

BARRED: frozenset[Action] = frozenset((
    "item.list", "item.bulk", "item.export", "model.view", "model.edit", "model.run", "quality.view", "quality.audit",
))  # fmt: skip
"""What shows other people's answers or what models say: closed to those who are at work in a study of the project."""


class Studies:
    """The studies of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._busy: dict[tuple[int, int], int] = {}
        self._takers: dict[tuple[int, int], int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read who takes part in which running study."""
        rows = self.ws.db.read(lambda c: StudiesSql(c).running())
        self._takers = {(project, user): study for project, study, user, _ in rows}
        self._busy = {(project, user): study for project, study, user, busy in rows if busy}

    def bar(self, project_id: int | None, user_id: int, action: Action) -> None:
        """Raise Forbidden where somebody at work in a study asks for what would tell them more than their arm allows."""
        if project_id is not None and action in BARRED and (project_id, user_id) in self._busy:
            raise Forbidden(
                "You are taking part in a study of this project. What others answered and what models say is closed to you "
                "until you have finished your part."
            )

    def at_work(self, project_id: int, user_id: int) -> bool:
        """Whether the person has a part in a running study of the project that is not finished."""
        return (project_id, user_id) in self._busy

    def part(self, c: Connection, project_id: int, user_id: int) -> Part | None:
        """Where a person who is at work in a study stands; None for all others."""
        study = self._busy.get((project_id, user_id))
        return None if study is None else StudiesSql(c).part(study, user_id)

    def sight(self, c: Connection, project_id: int, user_id: int, item_id: int) -> Sight | None:
        """What a running study lets the person see of the item; None where none has a say."""
        if (project_id, user_id) not in self._takers:
            return None
        return StudiesSql(c).sight(user_id, item_id)

    def sight_of_block(self, c: Connection, project_id: int, user_id: int) -> Sight | None:
        """What the block at hand allows on the whole; None for who is in no study, or in one whose arms change with the
        item."""
        part = self.part(c, project_id, user_id)
        row = None if part is None else StudiesSql(c).get(part.study_id)
        if part is None or row is None or row.design.layout == "interleaved":
            return None
        block = part.block
        return Sight(row.design.arms[block.arm] if block is not None and block.arm >= 0 else None, False, b"[]")

    def gate(self, c: Connection, project_id: int, user_id: int, item_id: int) -> Sight | None:
        """The same, for somebody who wants to open the item. Raises Conflict for one whose turn has not come."""
        sight = self.sight(c, project_id, user_id, item_id)
        part = self.part(c, project_id, user_id)
        if part is None or item_id in part.due or item_id in part.finished:
            return sight
        if sight is not None:
            raise Conflict("This item comes later in your study.", place="item_id")
        raise Conflict(
            "You are taking part in a study. Finish your part first; then all items are open again.", place="item_id"
        )

    def answering(self, c: Connection, project_id: int, user_id: int, item_id: int) -> Sight | None:
        """The same, for an answer that comes in. What was begun before the study stays welcome; Conflict for an item of the
        study whose turn has not come."""
        sight = self.sight(c, project_id, user_id, item_id)
        return sight if sight is None else self.gate(c, project_id, user_id, item_id)

    def check(self, project: Project, design: Design) -> Design:
        """The design, if it can be carried out in this project. Raises InvalidConfig, NotFound."""
        check_design(design)
        project.schema.get(design.question)
        models = self.ws.db.read(lambda c: ModelsSql(c).predictors(project.id))
        known = {w.name for w in project.spec.policy.workflows} | {m.name for m in models}
        for arm in design.arms:
            if arm.source is not None and arm.source not in known:
                raise InvalidConfig(f'There is no model or workflow "{arm.source}".', place="arms")
        return design

    def fits(self, project: Project, design: Design) -> int:
        """How many items could be drawn from."""
        return self.ws.db.read(lambda c: len(StudiesSql(c).candidates(project.id, design, self._sources(project, design))))

    def freeze(self, project: Project, study_id: int) -> StudyRow:
        """Draw the plan, hash it, and open the study to its people. Raises Conflict with what stands in the way."""
        now = self.ws.clock()

        def change(c: Connection) -> None:
            row = self._draft(c, project.id, study_id)
            design = self._ready(c, project, row.design)
            candidates = StudiesSql(c).candidates(project.id, design, self._sources(project, design))
            drawn = draw(design, candidates)
            chosen = [candidates[k] for k in drawn.items]
            offered = [msgspec.json.encode(Look(c).suggestions(item.id)) for item in chosen]
            items = tuple(PlannedItem(item.key, s) for item, s in zip(chosen, drawn.strata, strict=True))
            shown = msgspec.structs.replace(design, people=())
            plan = sealed(Plan(
                FORMAT, project.spec.name, shown, codes(len(design.people)), items, drawn.tasks,
                hash_of([o.decode() for o in offered]), now,
            ))  # fmt: skip
            StudiesSql(c).freeze(study_id, plan, design, drawn, [item.id for item in chosen], offered)

        self.ws.db.write(change)
        self.refresh()
        return self.get(project.id, study_id)

    def get(self, project_id: int, study_id: int) -> StudyRow:
        """A study of the project. Raises NotFound."""
        row = self.ws.db.read(lambda c: StudiesSql(c).get(study_id))
        if row is None or row.project_id != project_id:
            raise NotFound(f"There is no study {study_id} in this project.", place="s")
        return row

    def end(self, project_id: int, study_id: int) -> StudyRow:
        """End a running study, whoever is still at work. Raises Conflict if it does not run."""
        row = self.get(project_id, study_id)
        if row.state != "running":
            raise Conflict(f'This study is "{row.state}"; only a running one can be ended.', place="s")
        self.ws.db.write(lambda c: StudiesSql(c).end(study_id, self.ws.clock()))
        self.refresh()
        return self.get(project_id, study_id)

    def step(self, project_id: int, user_id: int, phase: str, attitude: int | None, form: Form, closing: Closing) -> None:
        """A person takes the next step of their study, from the phase that they believe to be in; a step that was taken already
        changes nothing. Raises Conflict where they take part in none."""
        now = self.ws.clock()

        def change(c: Connection) -> bool:
            part = self.part(c, project_id, user_id)
            if part is None:
                raise Conflict("You take part in no study of this project.")
            return part.phase == phase and self._take(c, part, attitude, form, closing, now)

        if self.ws.db.write(change, ANSWERS):
            self.refresh()

    def plan(self, project_id: int, study_id: int) -> Plan:
        """The frozen plan. Raises Conflict where there is none yet."""
        self.get(project_id, study_id)
        raw = self.ws.db.read(lambda c: StudiesSql(c).plan(study_id))
        if raw is None:
            raise Conflict("This study has no plan yet: freeze it first.", place="s")
        return read_plan(raw)

    def data(self, project: Project, row: StudyRow) -> files.Data:
        """Everything that came in by the end, or by now, as the file has it."""
        plan, now = self.plan(project.id, row.id), self.ws.clock()
        question = project.schema.get(row.design.question)
        suggests = [arm.suggests for arm in row.design.arms]

        def look(c: Connection) -> tuple[list[int], list[Outcome], dict[int, Any], list[Any], list[Any]]:
            found = StudyDataSql(c, row.id, row.frozen_at or 0.0, row.ended_at or now)
            return (
                found.items(),
                found.outcomes(question.name, suggests),
                found.gold(question.name),
                found.said(),
                found.takers(),
            )

        items, outcomes, gold, said, takers = self.ws.db.read(look)
        place = {user: k for k, user in enumerate(row.design.people)}
        at = {item: k for k, item in enumerate(items)}
        task_of = {(t.person, t.item): k for k, t in enumerate(plan.tasks)}
        score = _Scores(self, project, row.design, gold)
        answers = [score.answer(task_of[place[o.user_id], at[o.item_id]], o) for o in outcomes]
        replace = msgspec.structs.replace
        head = files.Head(files.FORMAT, plan.hash, row.ended_at or now, row.state == "ended", row.peeks)
        return files.Data(
            head, tuple(sorted(answers, key=lambda a: a.task)), tuple(replace(s, person=place[user]) for user, s in said),
            tuple(replace(t, person=place[user]) for user, t in takers),
        )  # fmt: skip

    def _draft(self, c: Connection, project_id: int, study_id: int) -> StudyRow:
        row = StudiesSql(c).get(study_id)
        if row is None or row.project_id != project_id:
            raise NotFound(f"There is no study {study_id} in this project.", place="s")
        if row.state != "draft":
            raise Conflict("This study has begun: its plan is frozen.", place="s")
        return row

    def _ready(self, c: Connection, project: Project, design: Design) -> Design:
        taken = {user for (project_id, user) in self._takers if project_id == project.id}
        for user in design.people:
            if user in taken:
                raise Conflict(f"User {user} takes part in another running study of this project.", place="people")
            person = PeopleSql(c).person(user)
            if (
                person is None
                or not person.active
                or not (person.role == "owner" or project.id in self.ws.auth.memberships(user))
            ):
                raise Conflict(f"User {user} is no active member of this project, so they cannot answer.", place="people")
        if any(arm.assistant for arm in design.arms) and project.spec.policy.assistant.connection is None:
            raise Conflict("An arm has the assistant, but the project has none: set it up in the settings first.", place="arms")
        if any(arm.judge for arm in design.arms) and not _has_judge(c, project.id):
            raise Conflict("An arm has a live judge, but the project has none: set one up first.", place="arms")
        return design

    def _sources(self, project: Project, design: Design) -> list[str]:
        """The predictors that must have spoken of an item for it to be drawn."""
        wanted = {arm.source or project.spec.policy.suggest_from for arm in design.arms if arm.suggests} - {None}
        chains = {w.name: [s.predictor for s in w.steps] for w in project.spec.policy.workflows}
        return sorted({name for source in wanted if source is not None for name in chains.get(source, [source])})

    def _take(self, c: Connection, part: Part, attitude: int | None, form: Form, closing: Closing, now: float) -> bool:
        studies, study, user = StudiesSql(c), part.study_id, part.user_id
        row = studies.get(study)
        if row is None:
            return False
        if part.phase == "welcome":
            studies.begin(study, user, attitude if attitude is not None and 1 <= attitude <= 5 else None, now)
        elif part.phase == "ready" and part.block is not None:
            studies.begin_block(study, user, part.block.period, now)
        elif part.phase == "form" and part.block is not None:
            check_form(form, asks_trust=asks_trust(row.design, part.block))
            studies.close_block(study, user, part.block.period, form, now)
        elif part.phase == "closing":
            check_closing(closing, row.design.arms)
            if studies.finish(study, user, closing, now):
                studies.end(study, now)
            return True
        return False


def _has_judge(c: Connection, project_id: int) -> bool:
    return any(judge.enabled and judge.live != "off" for judge in JudgesSql(c).of(project_id))


class _Scores:
    """Turns what became of a task into its line in the file: how well, and how near to the suggestion."""

    def __init__(self, studies: Studies, project: Project, design: Design, gold: dict[int, Any]) -> None:
        self._question = project.schema.get(design.question)
        self._task = studies.ws.task_types[self._question.type]
        self._policy, self._design, self._gold = project.spec.policy, design, gold

    def answer(self, task: int, one: Outcome) -> files.Answer:
        """The line."""
        state = "answered" if one.has_answer else "skipped" if one.state == SKIPPED else "open"
        visits = tuple(tuple((int(e["at"]), str(e["kind"])) for e in visit) for visit in one.visits)
        gold, top = self._gold.get(one.item_id), self._top(one)
        return files.Answer(
            task, state, visits,
            self._near(one.answer, gold) if one.has_answer and one.item_id in self._gold else None,
            self._near(one.answer, top[0]) if one.has_answer and top else None,
            self._near(top[0], gold) if top and one.item_id in self._gold else None,
            one.cost,
        )  # fmt: skip

    def _near(self, a: Any, b: Any) -> float | None:
        try:
            return float(self._task.agreement(self._question, a, b))
        except (KeyError, TypeError, ValueError):
            return None

    def _top(self, one: Outcome) -> list[Any]:
        arm = self._design.arms[one.arm] if one.arm >= 0 else None
        if arm is None or not arm.suggests:
            return []
        found = [s for s in offered(self._policy, arm, one.offered) if s.question == self._question.name]
        return [msgspec.json.decode(found[0].value)] if found else []


def offered(policy: Any, arm: Arm | None, raw: bytes) -> list[SuggestionView]:
    """The suggestions that an arm shows of those that were kept when the study began, surest first."""
    if arm is None:
        return []
    kept = msgspec.json.decode(raw, type=list[SuggestionView])
    source = arm.source or policy.suggest_from
    return choose(kept, msgspec.structs.replace(policy, suggest_from=source, annotators_choose=False), None)
