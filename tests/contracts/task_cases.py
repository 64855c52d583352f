"""For each task type that ships: a question, the item it is asked about, and a strategy of values a client may send."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from contracts.case import TEXT, Case
from contracts.document_cases import DOCUMENTS, PAGED_BOXES, PAPER
from contracts.drawn_cases import DRAWN
from contracts.timed_cases import TIMED
from milo.domain.question import Field
from milo.testing.builders import make_question

AWKWARD = ["a|b", "line\nbreak", "[1]", '"quoted"', "ünï", "👩‍🚀", "plain", "=1+1", ",", " "[:0] + "x y"]
TREE = [
    {"value": "animal"},
    {"value": "dog", "parent": "animal"},
    {"value": "cat", "parent": "animal"},
    {"value": "house cat", "parent": "cat"},
    {"value": "plant"},
]
FIELDS = (
    Field("text"),
    Field("image", "image"),
    Field("a"),
    Field("b", "markdown"),
    Field("c"),
    Field("pair", "table"),
    Field("many", "table"),
    Field("talk", "chat"),
    Field("sound", "audio"),
    Field("video", "video"),
    PAPER,
)
CRITERIA = [
    "clarity",
    {"name": "facts", "title": "Facts", "weight": 2, "levels": ["wrong", "partly", "right"]},
    {"name": "tone", "levels": [{"score": -1, "description": "rude"}, {"score": 0}, {"score": 5, "description": "kind"}]},
]


@st.composite
def _span(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.integers(0, len(TEXT) - 1))
    end = draw(st.integers(start + 1, len(TEXT)))
    span: dict[str, Any] = {"start": start, "end": end, "label": draw(st.sampled_from(AWKWARD))}
    return span | {"text": TEXT[start:end]} if draw(st.booleans()) else span


LINKS: list[dict[str, Any]] = [
    {"value": "knows", "head": ["a|b", "plain"]},
    {"value": "near", "kind": "undirected"},
    {"value": "same", "kind": "chain"},
]


@st.composite
def _graph(draw: st.DrawFn) -> dict[str, Any]:
    """A few spans, some of them equal, and relations of all kinds between those that fit."""
    spans = [s | {"id": f"k{i}"} for i, s in enumerate(draw(st.lists(_span(), max_size=6)))]
    links: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 6)) if len(spans) > 1 else 0):
        head, tail = draw(st.permutations(range(len(spans))))[:2]
        kinds = ["near", "same", *(["knows"] if spans[head]["label"] in ("a|b", "plain") else [])]
        links.append({"head": f"k{head}", "tail": f"k{tail}", "label": draw(st.sampled_from(kinds))})
    return {"spans": spans, "relations": links}


_text = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(["", '"', '""', '"a"', "'", "[]", "null", "=cmd", "a\r\nb", "שלום", "e\u0301", "👩‍🚀 ok", " x "]),
)


@st.composite
def _preference(draw: st.DrawFn, ids: list[str], steps: int = 0, *, tie: bool = True) -> Any:
    """A bare id, a winner with its strength, or the value in full, with or without the order on the screen."""
    winner = draw(st.sampled_from([*ids, "tie"] if tie else ids))
    strength = draw(st.none() | st.integers(1, steps)) if steps and winner != "tie" else None
    order = draw(st.none() | st.permutations(ids))
    form = draw(st.sampled_from(["bare", "winner", "full"]))
    if form == "bare" and strength is None:
        return winner
    more = {k: v for k, v in {"strength": strength, "order": order}.items() if v is not None}
    if form == "winner":
        return {"winner": winner, **more}
    tiers = [list(reversed(ids))] if winner == "tie" else [[winner], [i for i in ids if i != winner]]
    return {"tiers": tiers, **more}


@st.composite
def _ranking(draw: st.DrawFn, ids: list[str], *, ties: bool = True) -> Any:
    """All candidates in some order, here and there level with the one before."""
    tiers: list[list[str]] = []
    for ident in draw(st.permutations(ids)):
        if ties and tiers and draw(st.booleans()):
            tiers[-1].append(ident)
        else:
            tiers.append([ident])
    if all(len(tier) == 1 for tier in tiers) and draw(st.booleans()):
        return [tier[0] for tier in tiers]
    order = draw(st.none() | st.permutations(ids))
    return {"tiers": tiers, "order": order} if order else {"tiers": tiers}


def _written(*roles: str, rounds: tuple[int, int] = (1, 1), system: bool = False) -> Any:
    content = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip) | st.sampled_from(
        ["# Title\n\n- a\n- b", "שלום", "[1, 2]", '"x"', "[]", "null", "| a | b |\n|---|---|\n| 1 | 2 |"]
    )
    turns = st.integers(*rounds).flatmap(
        lambda n: st.tuples(*[st.builds(lambda c, r=r: {"role": r, "content": c}, content) for r in roles * n]).map(list)
    )
    if not system:
        return turns
    first = st.builds(lambda c: [{"role": "system", "content": c}], content) | st.just([])
    return st.builds(lambda a, b: a + b, first, turns)


def _marks(key: str, values: list[Any], turns: list[int], *, every: bool) -> Any:
    per_turn = [st.sampled_from(values) if every else st.none() | st.sampled_from(values) for _ in turns]
    return st.tuples(*per_turn).map(
        lambda given: [{"turn": t, key: v} for t, v in zip(turns, given, strict=True) if v is not None][::-1]
    )


def _cells(*, multiple: bool) -> Any:
    """Labels on cells of the item's table of seven rows and one column."""
    one = st.builds(
        lambda row, label: {"row": row, "column": "text", "label": label}, st.integers(0, 6), st.sampled_from(AWKWARD)
    )
    return st.lists(one, max_size=9, unique_by=None if multiple else lambda mark: mark["row"])


CASES: dict[str, list[Case]] = DRAWN | {
    "choice": [
        Case(make_question("choice", {"labels": AWKWARD}), st.sampled_from(AWKWARD)),
        Case(make_question("choice", {"labels": TREE}), st.sampled_from([t["value"] for t in TREE])),
    ],
    "choices": [
        Case(make_question("choices", {"labels": AWKWARD}), st.lists(st.sampled_from(AWKWARD), max_size=8)),
        Case(
            make_question("choices", {"labels": TREE, "min": 1, "max": 2}),
            st.lists(st.sampled_from([t["value"] for t in TREE]), min_size=1, max_size=2),
        ),
        Case(
            make_question("choices", {"labels": TREE, "leaf_only": True}),
            st.lists(st.sampled_from(["dog", "house cat", "plant"]), max_size=4),
        ),
    ],
    "rating": [
        Case(make_question("rating", {}), st.integers(1, 5)),
        Case(make_question("rating", {"min": -2, "max": 2}), st.sampled_from([-2, -1, 0, 1, 2, 1.0, -2.0])),
    ],
    "text": [Case(make_question("text", {}), _text)],
    "cell_labels": [
        Case(make_question("cell_labels", {"labels": AWKWARD}, field="many"), _cells(multiple=False)),
        Case(make_question("cell_labels", {"labels": AWKWARD, "multiple": True}, field="many"), _cells(multiple=True)),
    ],
    "spans": [
        Case(make_question("spans", {"labels": AWKWARD}), st.lists(_span(), max_size=6)),
        Case(
            make_question("spans", {"labels": AWKWARD, "overlap": False}),
            st.lists(_span(), max_size=1),
        ),
    ],
    "relations": [
        Case(make_question("relations", {"labels": AWKWARD, "relations": LINKS}), _graph()),
    ],
    "pairwise": [
        Case(make_question("pairwise", {"candidates": ["b", "a"], "strength": 4}), _preference(["b", "a"], 4)),
        Case(make_question("pairwise", {"tie": False}, field="pair"), _preference(["1", "2"], tie=False)),
        Case(make_question("pairwise", {}, field="talk"), _preference(["1", "2"])),
    ],
    "ranking": [
        Case(make_question("ranking", {"candidates": ["c", "a", "b"]}), _ranking(["c", "a", "b"])),
        Case(make_question("ranking", {"ties": False}, field="talk"), _ranking(["1", "2"], ties=False)),
        Case(make_question("ranking", {}, field="many"), _ranking([str(k) for k in range(1, 8)])),
    ],
    "rubric_grid": [
        Case(
            make_question("rubric_grid", {"criteria": CRITERIA, "levels": {"min": 1, "max": 4}}),
            st.fixed_dictionaries(
                {"tone": st.sampled_from([-1, 0, 5, 5.0]), "clarity": st.integers(1, 4), "facts": st.integers(1, 3)}
            ),
        ),
        Case(
            make_question("rubric_grid", {"criteria": CRITERIA, "partial": True}),
            st.fixed_dictionaries(
                {}, optional={"clarity": st.integers(1, 5), "facts": st.integers(1, 3), "tone": st.none() | st.just(0)}
            ).filter(lambda scores: any(v is not None for v in scores.values())),
        ),
    ],
    "response": [
        Case(
            make_question("response", {}), _written("assistant") | _written("assistant").map(lambda turns: turns[0]["content"])
        ),
        Case(
            make_question("response", {"roles": ["user", "assistant"], "max_rounds": 3, "system": "optional"}),
            _written("user", "assistant", rounds=(1, 3), system=True),
        ),
    ],
    "turn_labels": [
        Case(
            make_question("turn_labels", {"labels": AWKWARD}),
            _marks("label", AWKWARD, [2, 4, 5], every=True),
        ),
        Case(
            make_question("turn_labels", {"labels": AWKWARD, "multiple": True, "every": False, "roles": []}),
            st.builds(
                lambda a, b: a + b,
                *[_marks("label", AWKWARD, [0, 1, 2, 3], every=False)] * 2,
            ),
        ),
        Case(make_question("turn_labels", {"max": 4}), _marks("rating", [1, 2, 3, 4], [2, 4, 5], every=True)),
        Case(make_question("turn_labels", {"every": False}), _marks("rating", [1, 5], [2, 4, 5], every=False)),
    ],
}
CASES.update(TIMED)
CASES.update(DOCUMENTS | {"boxes": CASES["boxes"] + PAGED_BOXES})
