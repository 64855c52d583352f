"""Recipe: things painted pixel by pixel."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, PURPLE, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Which pixels belong to which cell?

Paint **every** cell that lies mostly on the picture, each as its own mask. A pixel belongs to a cell if more than half of it
is inside the membrane. Where two cells touch, the pixel in between goes to the one whose edge is sharper. Press `Esc` before
the next cell, so that it becomes a mask of its own.

## nucleus

The dark inside only.

> A nucleus that is dividing is one mask until a gap of two pixels is seen.

## cell

The whole cell, with its nucleus.

> A cell cut by the edge of the picture is painted up to the edge if more than half of it is seen.

## debris

Fragments and dirt that could be taken for a cell.

> Out of focus and larger than a cell: leave it out.
"""

PLUGIN = Recipe(
    name="object_masks",
    title="Object masks",
    summary="Paint every object on an image pixel by pixel.",
    spec=ProjectSpec(
        name="Object masks",
        description="Cells under a microscope.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"),),
        questions=(
            Question(
                name="masks",
                type="masks",
                title="Paint every cell",
                field="image",
                config={
                    "labels": [
                        label("nucleus", BLUE, "The dark inside"),
                        label("cell", GREEN, "The whole cell"),
                        label("debris", PURPLE, "Fragments and dirt"),
                    ]
                },
            ),
        ),
    ),
)
