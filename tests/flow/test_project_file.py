"""Project as code: what is written is what is read, and mistakes are told by line."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.domain.errors import InvalidConfig
from milo.domain.policy import Policy, Workflow, WorkflowStep
from milo.domain.project import ProjectSpec
from milo.domain.question import Condition, Field, Question
from milo.flow.project_file import read_project, write_project
from milo.kinds.registry import Registry

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,10}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ["no", "yes", "on", "~", "null", "2024-05-01", "1:30", "0x1f", "1e5", "012", " x ", "a: b", "- a", "# a", "'", '"', "|", ">",
     "", "\t", "a\n", "a\n\n", "\na", "a\n b\n", "a \nb", "=", "<<", "&a", "*a", "!x", "%", "@", "`", "1_000", ".5", "5.", "\x85", "\u2028"]
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
questions = st.builds(
    Question,
    name=names,
    type=st.sampled_from(["choice", "spans", "text"]),
    title=st.none() | texts,
    config=st.dictionaries(names, values, max_size=3),
    required=st.booleans(),
    when=st.none() | st.builds(Condition, question=names, any_of=st.lists(texts | st.integers(0, 9), max_size=3)),
)
specs = st.builds(
    ProjectSpec,
    name=texts,
    fields=st.lists(st.builds(Field, name=names, kind=st.sampled_from(["text", "image"])), max_size=3).map(tuple),
    questions=st.lists(questions, max_size=3).map(tuple),
    description=texts,
    guidelines=texts,
    policy=st.builds(
        Policy,
        overlap=st.integers(1, 5),
        explore=st.floats(0, 1),
        workflows=st.lists(
            st.builds(Workflow, name=texts, steps=st.lists(st.builds(WorkflowStep, predictor=texts), max_size=2)), max_size=2
        ),
    ),
    predictors=st.lists(st.dictionaries(names, values, max_size=3), max_size=2).map(tuple),
)


@given(specs)
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_what_is_read(spec: ProjectSpec) -> None:
    assert read_project(write_project(spec)) == spec
    assert read_project(write_project(spec, "json")) == spec


def test_every_recipe_round_trips() -> None:
    registry = Registry()
    registry.load_package("milo.builtin")
    for recipe in registry.recipes.all():
        assert read_project(write_project(recipe.spec)) == recipe.spec


def test_long_texts_stay_readable() -> None:
    spec = ProjectSpec("x", (Field("text"),), (), guidelines="# Rules\n\nBe kind.\n\n## bug\n\nIt broke.\n")
    text = write_project(spec)
    assert "guidelines: |" in text
    assert "\n  ## bug\n" in text
    assert read_project(text) == spec


def test_labels_mean_what_they_say() -> None:
    text = """
name: Facts
fields: [{name: text}]
questions:
- name: answer
  type: choice
  config: {labels: [yes, no, on, off, 2024-05-01, 12:30]}
"""
    labels = read_project(text).questions[0].config["labels"]
    assert labels == ["yes", "no", "on", "off", "2024-05-01", "12:30"]


GOOD = "name: x\nfields:\n- name: text\nquestions:\n- name: q\n  type: choice\n"


@pytest.mark.parametrize(
    ("text", "line", "words", "place"),
    [
        (GOOD + "policy:\n  overlap: two\n", 8, "Expected `int`", "policy.overlap"),
        (GOOD + "  required: 3\n", 7, "Expected `bool`", "questions.0.required"),
        (GOOD + "  labels: [a]\n", 5, 'unknown key "labels"', "questions.0.labels"),
        (GOOD + "colour: red\n", 1, 'unknown key "colour"', "colour"),
        (GOOD + "policy:\n  order: best\n", 8, "Invalid enum value", "policy.order"),
        ("name: x\nfields: [\n", 3, "expected", "file"),
        ("name: &a x\ndescription: *a\n", 2, "anchors", "file"),
        ("a: b: c\n", 1, "mapping values", "file"),
    ],
)
def test_mistakes_are_told_by_line(text: str, line: int, words: str, place: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        read_project(text)
    assert caught.value.message.startswith(f"Line {line}: "), caught.value.message
    assert words in caught.value.message
    assert caught.value.place == place


@pytest.mark.parametrize("text", ["", "- a", "text", "null", "!!python/object/apply:os.system [id]", "[" * 5000, "\x00"])
def test_what_is_no_project_is_refused(text: str) -> None:
    with pytest.raises(InvalidConfig):
        read_project(text)


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda b: b.decode("latin-1")))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read_project(text)
    except InvalidConfig as error:
        assert error.message


def test_a_file_without_anything_in_it_grows_no_further() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(5))
    with pytest.raises(InvalidConfig, match="anchors"):
        read_project(bomb)


def test_the_loader_leaves_yaml_itself_alone() -> None:
    data: Any = yaml.safe_load("a: yes")
    assert data == {"a": True}
