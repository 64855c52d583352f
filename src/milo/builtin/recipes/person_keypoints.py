"""Recipe: the joints of people, with the points of the COCO data set."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

POINTS = (
    ("nose", 0.026), ("left_eye", 0.025), ("right_eye", 0.025), ("left_ear", 0.035), ("right_ear", 0.035),
    ("left_shoulder", 0.079), ("right_shoulder", 0.079), ("left_elbow", 0.072), ("right_elbow", 0.072), ("left_wrist", 0.062),
    ("right_wrist", 0.062), ("left_hip", 0.107), ("right_hip", 0.107), ("left_knee", 0.087), ("right_knee", 0.087),
    ("left_ankle", 0.089), ("right_ankle", 0.089),
)  # fmt: skip
"""Names in the order of the COCO data set, with the spread (sigma) that it gives for each."""
EDGES = (
    ("left_ankle", "left_knee"), ("left_knee", "left_hip"), ("right_ankle", "right_knee"), ("right_knee", "right_hip"),
    ("left_hip", "right_hip"), ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"),
    ("left_shoulder", "right_shoulder"), ("left_shoulder", "left_elbow"), ("right_shoulder", "right_elbow"),
    ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"), ("left_eye", "right_eye"), ("nose", "left_eye"),
    ("nose", "right_eye"), ("left_eye", "left_ear"), ("right_eye", "right_ear"), ("left_ear", "left_shoulder"),
    ("right_ear", "right_shoulder"),
)  # fmt: skip

GUIDELINES = """# Where are the joints?

Place the 17 points of **every** person whose torso is at least 30 pixels high. Left and right are the person's own, not the
picture's: of someone who faces you, the left eye is on your right. Points are placed in a fixed order, which is shown while
you click.

- **Seen**: click on the middle of the joint.
- **Hidden**: you cannot see it, but know where it is, behind an arm, say. Click with `Shift`.
- **Not there**: outside of the picture, or anybody's guess. Press `N`.

## person

Anybody, standing, sitting or lying; pictures of people on posters do not count.

> Someone behind a table: hips hidden, knees and ankles not there.
"""

PLUGIN = Recipe(
    name="person_keypoints",
    title="Key points of people",
    summary="Place the joints of every person on an image.",
    spec=ProjectSpec(
        name="Key points of people",
        description="Joints of people on photographs.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"),),
        questions=(
            Question(
                name="people",
                type="keypoints",
                title="Place the joints of every person",
                field="image",
                config={
                    "labels": [label("person", BLUE, "Anybody but on posters")],
                    "points": [{"name": name, "sigma": sigma} for name, sigma in POINTS],
                    "edges": [list(edge) for edge in EDGES],
                },
            ),
        ),
    ),
)
