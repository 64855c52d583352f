"""Recipe: all topics that apply, from a tree of topics; on news texts."""

from __future__ import annotations

from typing import Any

from milo.builtin.recipes._palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Which topics does the text treat?

Choose **every** topic that takes up at least a paragraph, or that the headline names. Go down the tree as far as you are
sure: if it is about sport but the kind is not listed, choose `sport` itself. A mention in passing is no topic.

## politics

Government, parties and public affairs that fit neither topic below.

> The minister resigned over the leaked report.

## elections

Campaigns, polls, voting and results.

> Polling stations open at seven; turnout is expected to be high.

## foreign affairs

Relations between states, treaties, conflicts, summits.

> Both sides agreed to reopen the border crossing.

## economy

Markets and the state of the economy as a whole.

> Inflation fell to 2.1 percent in October.

## companies

A company's results, deals, products or staff.

> The carmaker will close its plant in May.

## labour

Work, wages, strikes, unemployment.

> Bus drivers voted for a three-day strike.

## science

Research and its findings that fit neither topic below.

> A fossil from the quarry is older than any bird known before.

## health

Medicine, disease, care and public health.

> The vaccine halved the number of severe cases.

## climate

Climate, environment and what is done about it.

> The glacier lost four metres of ice in one summer.

## sport

Contests, teams, athletes.

> She won the second set without losing a game.

## culture

Film, music, books, art, entertainment.

> The festival opens with a silent film from 1926.
"""


def _tree() -> list[dict[str, Any]]:
    return [
        label("politics", BLUE, "Government, parties, public affairs"),
        label("elections", BLUE, "Campaigns, polls, results", parent="politics"),
        label("foreign affairs", BLUE, "Relations between states", parent="politics"),
        label("economy", ORANGE, "Markets and the economy as a whole"),
        label("companies", ORANGE, "Results, deals, products, staff", parent="economy"),
        label("labour", ORANGE, "Work, wages, strikes", parent="economy"),
        label("science", GREEN, "Research and its findings"),
        label("health", GREEN, "Medicine, disease, care", parent="science"),
        label("climate", SKY, "Climate and environment", parent="science"),
        label("sport", VERMILLION, "Contests, teams, athletes"),
        label("culture", PURPLE, "Film, music, books, art"),
    ]


PLUGIN = Recipe(
    name="topic_taxonomy",
    title="Topic taxonomy",
    summary="Choose all labels that apply from a tree, and say how sure you are.",
    spec=ProjectSpec(
        name="Topic taxonomy",
        description="All topics of a news text, from a tree.",
        guidelines=GUIDELINES,
        fields=(Field("text", "text", "Article"),),
        questions=(
            Question(
                name="topics",
                type="choices",
                title="Which topics does the text treat?",
                config={"labels": _tree(), "min": 1, "max": 5, "leaf_only": False},
            ),
            Question(
                name="certainty",
                type="choice",
                title="How sure are you?",
                required=False,
                config={"labels": [label("sure", GREEN, "The text leaves no doubt"), label("unsure", GREY, "Please check")]},
            ),
        ),
    ),
)
