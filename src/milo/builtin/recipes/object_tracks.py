"""Recipe: road users followed through a video."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# Who goes where?

Follow **every** road user that is at least 15 pixels high on some frame. One road user is one track, from the first frame on
which it can be seen to the last. The box touches its outermost visible pixels. Set a key frame where its way or size changes;
what lies between is worked out, so look at the middle before you go on.

Where something else hides it by more than half, say `occluded`; where it has left the picture, say `outside`. If it comes back
and you are sure that it is the same one, its track goes on; if not, it begins anew.

## person

People on foot, in wheelchairs, pushing something; not those in or on a vehicle.

> A child who gets off a bicycle and walks on is a new track.

## bicycle

The bicycle with its rider.

> A bicycle that is pushed: the `person` has a track, the bicycle has none.

## car

Cars, vans, lorries and motorcycles.

> A car that stands parked through the whole video has two key frames at most.

## bus

Buses and trams.

> A tram of two coupled cars is one track.
"""

PLUGIN = Recipe(
    name="object_tracks",
    title="Object tracks",
    summary="Follow things through a video: boxes at key frames, and what lies between is worked out.",
    spec=ProjectSpec(
        name="Object tracks",
        description="Road users in videos.",
        guidelines=GUIDELINES,
        fields=(Field("video", "video", "Video"),),
        questions=(
            Question(
                name="tracks",
                type="tracks",
                title="Follow every road user",
                field="video",
                config={
                    "labels": [
                        label("person", BLUE, "On foot"),
                        label("bicycle", GREEN, "With its rider"),
                        label("car", VERMILLION, "Cars, vans, lorries, motorcycles"),
                        label("bus", ORANGE, "Buses and trams"),
                    ],
                },
            ),
        ),
    ),
)
