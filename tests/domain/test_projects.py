"""Projects: what a spec may say, and that it survives YAML and JSON."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from milo.domain.errors import InvalidConfig
from milo.domain.policy import Policy, Workflow, WorkflowStep
from milo.domain.project import Project, ProjectSpec, check_spec
from milo.domain.question import Condition, Field, Question

GOOD = ProjectSpec(
    name="A project",
    fields=(Field("text"), Field("photo", "image", "The photo")),
    questions=(
        Question("topic", "choice", config={"labels": ["a", "b"]}),
        Question("why", "text", when=Condition("topic", ["b"]), required=False, field="text"),
    ),
    guidelines="# Über\n\n> 👩‍🚀",
    policy=Policy(overlap=3, workflows=[Workflow("chain", [WorkflowStep("rules", 0.9), WorkflowStep("model")])]),
    predictors=({"plugin": "rules"},),
)


def _changed(**parts: Any) -> ProjectSpec:
    return msgspec.structs.replace(GOOD, **parts)


def test_a_good_spec_passes_and_round_trips() -> None:
    check_spec(GOOD)
    assert msgspec.json.decode(msgspec.json.encode(GOOD), type=ProjectSpec) == GOOD
    assert msgspec.yaml.decode(msgspec.yaml.encode(GOOD), type=ProjectSpec) == GOOD
    assert Project(1, GOOD, 4, 0.0).schema.version == 4


@pytest.mark.parametrize(
    ("parts", "message", "place"),
    [
        ({"name": "  "}, "needs a name", "name"),
        ({"fields": ()}, "at least one field", "fields"),
        ({"questions": ()}, "at least one question", "questions"),
        ({"fields": (Field("1st"),)}, "no valid name", "fields"),
        ({"fields": (Field("a b"),)}, "no valid name", "fields"),
        ({"fields": (Field("text"), Field("text"))}, "Used twice: text", "fields"),
        ({"questions": (Question("q.1", "choice"),)}, "no valid name", "questions"),
        ({"questions": (Question("q", "choice"), Question("q", "choice"))}, "Used twice: q", "questions"),
        ({"questions": (Question("q", "spans", field="body"),)}, 'field "body", which does not exist', "questions.q.field"),
        (
            {"questions": (Question("q", "choice", when=Condition("later", ["x"])), Question("later", "choice"))},
            "not an earlier question",
            "questions.q.when",
        ),
        ({"questions": (Question("q", "choice", when=Condition("q", ["x"])),)}, "not an earlier", "questions.q.when"),
        ({"policy": Policy(overlap=0)}, "overlap is 0", "policy.overlap"),
        ({"policy": Policy(blind_share=1.5)}, "blind_share is 1.5", "policy.blind_share"),
        ({"policy": Policy(explore=-0.1)}, "explore is -0.1", "policy.explore"),
        ({"policy": Policy(lease_minutes=0)}, "lease_minutes is 0", "policy.lease_minutes"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(parts: dict[str, Any], message: str, place: str) -> None:
    with pytest.raises(InvalidConfig, match=message) as caught:
        check_spec(_changed(**parts))
    assert caught.value.place == place


def test_not_a_number_is_no_share() -> None:
    with pytest.raises(InvalidConfig, match="blind_share"):
        check_spec(_changed(policy=Policy(blind_share=float("nan"))))


def test_a_name_with_a_line_break_at_its_end_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="no valid name"):
        check_spec(_changed(fields=(Field("text\n"),)))
