"""Recipe: names marked in running text; nested names are allowed."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, PURPLE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Which names stand in the text?

Mark every **name** of a person, an organisation, a place or a product, each time it occurs. Mark the name and nothing
around it: no article, no title, no possessive 's, no full stop. Names may lie inside names: in "Bank of England",
mark the whole as an organisation **and** "England" as a place. Common nouns ("the company") are not names.

## PERSON

Names of people and invented persons. Titles stay outside.

> Dr. [Ada Lovelace] wrote to [Babbage].

## ORGANISATION

Companies, authorities, parties, teams, bands.

> [Reuters] reported that [Siemens] will hire.

## PLACE

Countries, cities, rivers, streets, buildings.

> From [Lyon] along the [Rhône] to the sea.

Not: a country that acts, as in "[France] signed the treaty". That is an `ORGANISATION`.

## PRODUCT

Things with a name that are made or sold: devices, software, books, films.

> She reads [Middlemarch] on her [Kindle].
"""

PLUGIN = Recipe(
    name="entity_spans",
    title="Named entities",
    summary="Mark stretches of text: names, terms, errors or evidence. Marks may nest and overlap.",
    spec=ProjectSpec(
        name="Named entities",
        description="Names of people, organisations, places and products in running text.",
        guidelines=GUIDELINES,
        fields=(Field("text", "text", "Text"),),
        questions=(
            Question(
                name="entities",
                type="spans",
                title="Mark all names",
                field="text",
                config={
                    "labels": [
                        label("PERSON", BLUE, "People, without titles", title="Person"),
                        label("ORGANISATION", VERMILLION, "Companies, authorities, teams", title="Organisation"),
                        label("PLACE", GREEN, "Countries, cities, rivers", title="Place"),
                        label("PRODUCT", PURPLE, "Things with a name that are made", title="Product"),
                    ],
                    "overlap": True,
                },
            ),
        ),
    ),
)
