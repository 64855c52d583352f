"""Recipes: valid, explained label by label, and drawn in colours that can be told apart on both grounds."""

from __future__ import annotations

import re
from typing import Any

import pytest

from milo.builtin.recipes import _palette
from milo.domain.project import check_spec
from milo.domain.question import Question
from milo.kinds.recipe import Recipe
from milo.kinds.registry import Registry

NAMES = [
    "answer_ranking",
    "comment_classification",
    "compare_models",
    "conversation_transcripts",
    "entity_spans",
    "image_classification",
    "instruction_writing",
    "invoice_fields",
    "object_boxes",
    "object_masks",
    "object_polygons",
    "object_tracks",
    "open_answers",
    "person_keypoints",
    "preference_pairs",
    "rating",
    "speaker_turns",
    "text_classification",
    "topic_taxonomy",
    "translation_rubric",
    "visual_question_answering",
]


def _labels(question: Question) -> list[dict[str, Any]]:
    given = question.config.get("labels") or []
    return [label for label in given if isinstance(label, dict)]


def test_the_recipes_that_ship(registry: Registry) -> None:
    assert sorted(recipe.name for recipe in registry.recipes.all()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_a_valid_project(registry: Registry, name: str) -> None:
    recipe: Recipe = registry.recipes.get(name)
    check_spec(recipe.spec)
    for question in recipe.spec.questions:
        registry.task_types.get(question.type).check_config(question, recipe.spec.fields)
    assert recipe.title
    assert recipe.summary.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_the_first_question_has_a_section_with_an_example_for_each_label(registry: Registry, name: str) -> None:
    spec = registry.recipes.get(name).spec
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", spec.guidelines, re.M | re.S))
    labels = [label["value"] for question in spec.questions if question.required for label in _labels(question)]
    asked = labels if name == "rating" else [label["value"] for label in _labels(spec.questions[0])]
    criteria = [one["name"] for question in spec.questions for one in question.config.get("criteria", [])]
    assert set(asked) | set(criteria) <= set(sections)
    assert sections
    assert all("> " in section for section in sections.values())


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["#ffffff", "#1a1b1e"])
@pytest.mark.parametrize("color", _palette.ORDER)
def test_colours_stand_out_on_light_and_dark(color: str, ground: str) -> None:
    light, dark = sorted((_luminance(color), _luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.0


def test_recipes_use_the_palette(registry: Registry) -> None:
    for recipe in registry.recipes.all():
        for question in recipe.spec.questions:
            assert {label["color"] for label in _labels(question)} <= set(_palette.ORDER)
