"""Cases of the task types that are about documents, and of boxes on pages."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from contracts.case import Case
from milo.domain.question import Field
from milo.testing.builders import make_item, make_question

DOCUMENT = make_item(
    {"paper": {"media": 2, "mime": "application/pdf", "pages": 3, "sizes": [[612, 792, 2], [841.9, 595.3, 1]]}}
)
PAPER = Field("paper", "document")
FORM: list[Any] = [
    {"name": "issuer", "title": "Issuer"},
    {"name": "total", "type": "amount", "required": True},
    {"name": "items", "type": "number", "tolerance": 1},
    {"name": "date", "type": "date"},
    {"name": "currency", "type": "choice", "labels": ["EUR", "USD"]},
]


@st.composite
def _place(draw: st.DrawFn) -> dict[str, Any]:
    page = draw(st.integers(0, 2))
    width = 841.9 if page == 2 else 612.0
    x, y = draw(st.floats(0, 500)), draw(st.floats(0, 500))
    w, h = draw(st.floats(0.5, 400)), draw(st.sampled_from([1, 12.5, 80]))
    over = draw(st.sampled_from([0.0, 0.7]))
    return {"page": page, "x": x, "y": y, "w": min(w, width - x + over), "h": h}


def _entry(values: Any) -> Any:
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    rest: dict[str, Any] = {"text": words, "places": st.lists(_place(), max_size=3), "score": st.floats(0, 1)}
    full = st.builds(lambda value, more: {"value": value} | more, values, st.fixed_dictionaries({}, optional=rest))
    return full | values


def _form() -> Any:
    texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip) | st.just("ACME  b.v.")
    amounts = st.sampled_from([1, 1.004, 49.99, "49,99", "EUR 1.234,50", -3]) | st.floats(-1e6, 1e6)
    dates = st.sampled_from(["2014-05-07", "7.5.2014", "18 april 2014", "3/4/2014"])
    return st.fixed_dictionaries(
        {"total": _entry(amounts | st.none())},
        optional={
            "issuer": _entry(texts | st.none()),
            "items": _entry(st.integers(0, 6)),
            "date": _entry(dates),
            "currency": _entry(st.sampled_from(["EUR", "USD"])),
        },
    )


COLUMNS: list[Any] = [
    {"name": "what", "title": "Description"},
    {"name": "quantity", "type": "number"},
    {"name": "amount", "type": "amount", "required": True},
    {"name": "unit", "type": "choice", "labels": ["pc", "kg"]},
    {"name": "day", "type": "date"},
]


def _rows() -> Any:
    amounts = st.sampled_from([1, 1.004, "49,99", "EUR 1.234,50"]) | st.floats(-1e6, 1e6)
    more = {
        "what": _entry(st.sampled_from(["Wine", "wine ", "Oil", "a\nb"]) | st.none()),
        "quantity": _entry(st.integers(0, 3)),
        "unit": _entry(st.sampled_from(["pc", "kg"])),
        "day": _entry(st.sampled_from(["2014-05-07", "7.5.2014", "3/4/2014"])),
    }
    return st.lists(st.fixed_dictionaries({"amount": _entry(amounts)}, optional=more), max_size=5)


def _pages(*, multiple: bool, every: bool) -> Any:
    sets: list[list[str]] = [["invoice"], ["annex"], ["a|b"]]
    if multiple:
        sets.append(["annex", "invoice"])
    if not every:
        sets.append([])
    one = st.sampled_from(sets)

    def marks(given: tuple[list[str], ...]) -> list[dict[str, Any]]:
        return [{"page": p, "label": label} for p, labels in enumerate(given) for label in labels][::-1]

    return st.tuples(one, one, one).map(marks)


_box = st.builds(
    lambda place, label: place | {"w": max(2.0, place["w"]), "label": label}, _place(), st.sampled_from(["stamp", "logo"])
)
_turned = st.builds(
    lambda place, angle: {**place, "w": 20, "h": 9, "label": "stamp", "angle": angle},
    _place().filter(lambda place: place["x"] < 580 and place["y"] < 580),
    st.sampled_from([0, 30.5, 200]),
)
LABELS = ["invoice", "annex", "a|b"]
DOCUMENTS: dict[str, list[Case]] = {
    "fields": [
        Case(make_question("fields", {"fields": FORM}, field="paper"), _form(), DOCUMENT),
        Case(
            make_question("fields", {"fields": ["who", {"name": "n", "type": "number"}], "decimal": ","}, field="image"),
            st.fixed_dictionaries({}, optional={"who": st.just("x"), "n": st.sampled_from(["1,5", "1.000", 2])}).filter(bool),
        ),
    ],
    "table_rows": [
        Case(make_question("table_rows", {"columns": COLUMNS}, field="paper"), _rows(), DOCUMENT),
        Case(
            make_question("table_rows", {"columns": ["a", {"name": "n", "type": "number", "tolerance": 1}]}, field="image"),
            st.lists(
                st.fixed_dictionaries({"n": st.integers(0, 4)}, optional={"a": st.sampled_from(["x", "X ", None])}), max_size=6
            ),
        ),
    ],
    "page_labels": [
        Case(make_question("page_labels", {"labels": LABELS}), _pages(multiple=False, every=True), DOCUMENT),
        Case(make_question("page_labels", {"labels": LABELS, "multiple": True}), _pages(multiple=True, every=True), DOCUMENT),
        Case(
            make_question("page_labels", {"labels": LABELS, "multiple": True, "every": False}),
            _pages(multiple=True, every=False),
            DOCUMENT,
        ),
        Case(make_question("page_labels", {"labels": LABELS, "every": False}), _pages(multiple=False, every=False), DOCUMENT),
    ],
}
PAGED_BOXES: list[Case] = [
    Case(make_question("boxes", {"labels": ["stamp", "logo"]}, field="paper"), st.lists(_box, max_size=6), DOCUMENT),
    Case(
        make_question("boxes", {"labels": ["stamp"], "rotated": True}, field="paper"), st.lists(_turned, max_size=5), DOCUMENT
    ),
]
