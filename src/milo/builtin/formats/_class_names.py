"""What the values of a class map mean: names from the files that tools put beside the maps.

Stands alone because each tool has its own: `labelmap.txt` (name and colour, Pascal VOC and CVAT), `label_colors.txt` (colour
and name, CamVid), `classes.txt`, `labels.txt` or `*.names` (a name a line, by index), `classes.json` (index to name);
Cityscapes has none, its numbers are fixed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, cast

import msgspec

from milo.builtin.formats._packing import made_colour
from milo.builtin.formats._tree import Tree, Unreadable

BACKGROUND = "background"
CITYSCAPES = (
    "unlabeled", "ego vehicle", "rectification border", "out of roi", "static", "dynamic", "ground", "road", "sidewalk",
    "parking", "rail track", "building", "wall", "fence", "guard rail", "bridge", "tunnel", "pole", "polegroup",
    "traffic light", "traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "caravan",
    "trailer", "train", "motorcycle", "bicycle",
)  # fmt: skip
"""By number; see Cordts et al. 2016."""
VOC = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse",
    "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
"""By number from 1, each with the colour that its number makes; see Everingham et al. 2010."""
CAMVID = {
    "Animal": (64, 128, 64), "Archway": (192, 0, 128), "Bicyclist": (0, 128, 192), "Bridge": (0, 128, 64),
    "Building": (128, 0, 0), "Car": (64, 0, 128),
    "CartLuggagePram": (64, 0, 192), "Child": (192, 128, 64), "Column_Pole": (192, 192, 128),
    "Fence": (64, 64, 128), "LaneMkgsDriv": (128, 0, 192), "LaneMkgsNonDriv": (192, 0, 64), "Misc_Text": (128, 128, 64),
    "MotorcycleScooter": (192, 0, 192), "OtherMoving": (128, 64, 64), "ParkingBlock": (64, 192, 128), "Pedestrian": (64, 64, 0),
    "Road": (128, 64, 128), "RoadShoulder": (128, 128, 192), "Sidewalk": (0, 0, 192), "SignSymbol": (192, 128, 128),
    "Sky": (128, 128, 128), "SUVPickupTruck": (64, 128, 192), "TrafficCone": (0, 0, 64), "TrafficLight": (0, 64, 64),
    "Train": (192, 64, 128), "Tree": (128, 128, 0), "Truck_Bus": (192, 128, 192), "Tunnel": (64, 0, 64),
    "VegetationMisc": (192, 192, 0), "Wall": (64, 192, 0),
}  # fmt: skip
"""By colour, black saying nothing; see Brostow et al. 2009."""
TRAINED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
"""The numbers that count for training, in the order of theirs."""
_MOST_INSTANCES = 500
_CITY = re.compile(r"_(gtFine|gtCoarse)_(labelIds|labelTrainIds|instanceIds)$")


class Meaning(msgspec.Struct):
    """Value as text to label; whether values are colours (red * 65536 + green * 256 + blue); values that say nothing."""

    names: dict[str, str] = {}
    colours: bool = False
    skip: list[int] = []


def meaning_of(tree: Tree) -> Meaning:
    """What the files of a tree say, an empty one where they say nothing."""
    for name in sorted(tree.names, key=lambda n: (len(PurePosixPath(n).parts), n)):
        last = PurePosixPath(name).name.lower()
        reader = next(
            (read for ending, read in _READERS if last == ending or (ending[0] == "." and last.endswith(ending))), None
        )
        if reader is not None:
            try:
                found = reader(tree.content(name, 4 << 20).decode("utf-8-sig", "replace"))
            except (Unreadable, msgspec.DecodeError, ValueError):
                continue
            if found.names:
                return found
    return _usual(tree)


def _usual(tree: Tree) -> Meaning:
    """The names that belong to a layout where no file gives any."""
    if any("annot" in PurePosixPath(name).parent.name for name in tree.names):
        return _meant([(_colour(list(rgb)), name) for name, rgb in CAMVID.items()] + [(0, BACKGROUND)], True)
    if any("SegmentationClass" in name for name in tree.names):
        pairs = [(_colour(list(made_colour(place))), name) for place, name in enumerate(VOC, 1)]
        return _meant([*pairs, (0, BACKGROUND), (224 * 65536 + 224 * 256 + 192, BACKGROUND)], True)
    return Meaning()


def city_kind(stem: str) -> str | None:
    """labelIds, labelTrainIds or instanceIds, if the name says that it is one of Cityscapes."""
    found = _CITY.search(stem)
    return found.group(2) if found else None


def city_meaning(kind: str) -> Meaning:
    """What the numbers of Cityscapes mean."""
    if kind == "labelTrainIds":
        return Meaning({str(i): CITYSCAPES[number] for i, number in enumerate(TRAINED)}, skip=[255])
    names = {str(number): name for number, name in enumerate(CITYSCAPES) if number}
    if kind == "instanceIds":
        for number in range(24, 34):
            names |= {str(number * 1000 + i): CITYSCAPES[number] for i in range(_MOST_INSTANCES)}
    return Meaning(names, skip=[0])


def _colour(parts: Sequence[str | int]) -> int:
    red, green, blue = (int(part) for part in parts)
    return red * 65536 + green * 256 + blue


def _meant(pairs: list[tuple[int, str]], colours: bool) -> Meaning:
    skip = [value for value, name in pairs if name.lower() == BACKGROUND]
    return Meaning({str(value): name for value, name in pairs if value not in skip}, colours, skip)


def _label_map(text: str) -> Meaning:
    pairs: list[tuple[int, str]] = []
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        parts = [part.strip() for part in rest.split(":")[0].split(",")]
        if not line.startswith("#") and name.strip() and len(parts) == 3 and all(part.isdecimal() for part in parts):
            pairs.append((_colour(parts), name.strip()))
    return _meant(pairs, True)


def _label_colours(text: str) -> Meaning:
    pairs: list[tuple[int, str]] = []
    for line in text.splitlines():
        words = line.split(None, 3)
        if len(words) == 4 and all(word.isdecimal() for word in words[:3]):
            pairs.append((_colour(words[:3]), words[3].strip()))
    return _meant(pairs, True)


def _lines(text: str) -> Meaning:
    return _meant([(i, line.strip()) for i, line in enumerate(text.splitlines()) if line.strip()], False)


def _json(text: str) -> Meaning:
    document = msgspec.json.decode(text)
    given = cast("dict[str, Any]", document) if isinstance(document, dict) else dict(enumerate(cast("list[Any]", document)))
    return _meant([(int(k), str(v)) for k, v in given.items() if str(k).isdecimal()], False)


_READERS = (
    ("labelmap.txt", _label_map),
    ("label_colors.txt", _label_colours),
    ("label_colours.txt", _label_colours),
    ("classes.txt", _lines),
    ("labels.txt", _lines),
    (".names", _lines),
    ("classes.json", _json),
)
