"""Recipe: outlines around buildings and what belongs to them on pictures from above."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# What covers the ground?

Outline **every** thing of these kinds that is larger than about 5 x 5 pixels. Set a corner wherever the outline bends, and no
more: a straight edge needs two. Neighbours that touch share their edge (turn on snapping with `Shift+S`). What is cut by the
edge of the picture is outlined up to the edge. A courtyard is a hole: select the outline, press `O`, and draw it.

## building

Its roof as seen, without the shadow.

> A garage that touches the house is part of it; one that stands alone has its own outline.

## road

Paved ways for vehicles, with their pavements.

> A road that a bridge hides for a stretch is two outlines of one group.

## water

Rivers, lakes, pools.

> A dry river bed does not count.

## green

Woods, parks and single large trees.

> A lawn of a few pixels between houses is left out.
"""

PLUGIN = Recipe(
    name="object_polygons",
    title="Object outlines",
    summary="Draw an outline, with holes, around every object on an image.",
    spec=ProjectSpec(
        name="Object outlines",
        description="What covers the ground, on pictures from above.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"),),
        questions=(
            Question(
                name="outlines",
                type="polygons",
                title="Outline what covers the ground",
                field="image",
                config={
                    "labels": [
                        label("building", VERMILLION, "Roof as seen"),
                        label("road", ORANGE, "Paved ways with pavements"),
                        label("water", BLUE, "Rivers, lakes, pools"),
                        label("green", GREEN, "Woods, parks, large trees"),
                    ],
                    "attributes": [
                        {
                            "name": "cut",
                            "title": "How much of it is seen",
                            "only": ["building"],
                            "config": {"labels": ["all of it", "cut by the edge", "partly hidden"]},
                        }
                    ],
                },
            ),
        ),
    ),
)
