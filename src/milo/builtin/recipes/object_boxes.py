"""Recipe: rectangles around things on street pictures."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Where are the road users?

Draw a box around **every** road user that is at least 10 pixels high. The box touches the outermost visible pixels on
all four sides. Hidden parts are not guessed: box what you see. A thing cut by the edge of the picture is boxed up to the
edge. If several overlap, each has its own box. Reflections and posters do not count.

## person

People on foot, in wheelchairs, on benches; not those in or on a vehicle.

> A child on a scooter counts as `person`.

## bicycle

The bicycle with its rider, as one box; a parked one on its own as well.

> Three bicycles at a rack are three boxes.

## car

Cars, vans and pick-ups.

> A car half hidden by a tree: box the visible half.

## bus

Buses and trams.

> A tram of two coupled cars is one box.

## truck

Lorries, with their trailer in the same box.

> A van without side windows is a `car`.
"""

PLUGIN = Recipe(
    name="object_boxes",
    title="Object boxes",
    summary="Draw a labelled rectangle around every object on an image.",
    spec=ProjectSpec(
        name="Object boxes",
        description="Road users on street pictures.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"),),
        questions=(
            Question(
                name="objects",
                type="boxes",
                title="Box every road user",
                field="image",
                config={
                    "labels": [
                        label("person", BLUE, "On foot"),
                        label("bicycle", GREEN, "With its rider"),
                        label("car", VERMILLION, "Cars, vans, pick-ups"),
                        label("bus", ORANGE, "Buses and trams"),
                        label("truck", PURPLE, "Lorries with trailer"),
                    ],
                    "min_size": 3,
                },
            ),
        ),
    ),
)
