"""One question to try a task type on, and the item that the questions of these tests are about."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.item import Item
from milo.domain.question import Question
from milo.testing.builders import make_item

TEXT = "Ada 👩‍🚀 wrote to شارل in Zu\u0308rich — naïve café, 東京.\nשלום, Ole\u0301!"
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "And?"},
    {"role": "assistant", "content": "One"},
    {"role": "assistant", "content": "Two", "model": "secret"},
]
ITEM = make_item(
    {
        "text": TEXT,
        "image": {"media": 1, "mime": "image/png", "width": 640, "height": 480},
        "a": "one answer",
        "b": "another",
        "c": "a third",
        "pair": [{"text": "x", "source": "m"}, "y"],
        "many": [{"text": str(k)} for k in range(7)],
        "talk": TALK,
    }
)


class Case(msgspec.Struct, frozen=True):
    """One question to try a task type on."""

    question: Question
    values: Any
    item: Item | None = ITEM
