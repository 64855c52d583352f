"""Texts that are nearly the same: told exactly, found as often as the bands promise, grouped."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo import Client
from milo.api.server import PrivateServer
from milo.cli.connection import Where
from milo.cli.duplicates import duplicates
from milo.domain.errors import Invalid
from milo.stats.near_duplicates import NearDuplicates, chance, groups, likeness, shingles

WORDS = [f"w{n}" for n in range(400)]


def test_case_and_punctuation_do_not_count() -> None:
    assert likeness(shingles("My parcel, is late!"), shingles("my parcel is LATE")) == 1.0
    assert likeness(shingles("a b c d"), shingles("a b c e")) == pytest.approx(1 / 3)
    assert likeness(shingles("Hello"), shingles("hello.")) == 1.0
    assert likeness(shingles(""), shingles("")) == 0.0


@given(
    st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=12), st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=12)
)
def test_likeness_is_that_of_the_sets(a: list[str], b: list[str]) -> None:
    def runs(words: list[str]) -> set[str]:
        size = min(3, len(words))
        return {" ".join(words[k : k + size]) for k in range(len(words) - size + 1)}

    expected = len(runs(a) & runs(b)) / len(runs(a) | runs(b))
    assert likeness(shingles(" ".join(a)), shingles(" ".join(b))) == pytest.approx(expected)


def test_pairs_that_are_very_alike_are_found_and_others_are_not_told() -> None:
    """100 pairs of 60 words with one changed (about .9 alike): the chance of missing any is below 1e-10."""
    rng = random.Random(4)
    near, wanted = NearDuplicates(), set[tuple[int, int]]()
    for n in range(100):
        words = rng.choices(WORDS, k=60)
        near.add(2 * n, " ".join(words))
        words[rng.randrange(60)] = "changed"
        near.add(2 * n + 1, " ".join(words))
        wanted.add((2 * n, 2 * n + 1))
    found = near.pairs(0.8)
    assert set(found) == wanted
    assert 100 * (1 - chance(0.89)) < 1e-10
    assert all(0.85 < share < 1 for share in found.values())
    assert near.pairs(0.99) == {}


def test_a_thousand_equal_texts_are_one_group() -> None:
    near = NearDuplicates()
    for n in range(1000):
        near.add(n, "the very same words in every item")
    assert groups(near.pairs(1.0)) == [list(range(1000))]


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=25))
def test_groups_are_what_hangs_together(pairs: list[tuple[int, int]]) -> None:
    found = groups(pairs)
    of = {one: n for n, group in enumerate(found) for one in group}
    assert sum(map(len, found)) == len(of) == len({x for pair in pairs for x in pair})
    assert all(of[a] == of[b] for a, b in pairs)
    reach = np.zeros((16, 16), bool)
    for a, b in pairs:
        reach[a, b] = reach[b, a] = reach[a, a] = reach[b, b] = True
    for k in range(16):
        reach |= np.outer(reach[:, k], reach[k])
    assert all(reach[a, b] for group in found for a in group for b in group)


def test_from_the_command_line(
    client: Client, server: PrivateServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = {"name": "Dup", "fields": [{"name": "text"}], "questions": [{"name": "q", "type": "text"}]}
    project = client.create_project(spec)
    texts = ["=My parcel is late and nobody answers", "my parcel is late, and nobody answers!", "I was charged twice"]
    ids = project.import_rows([{"text": text, "key": str(n)} for n, text in enumerate(texts)]).ids
    where = Where(url=server.url, token=server.token)
    duplicates("Dup", out=tmp_path / "out.csv", where=where)
    assert "3 texts, 1 groups" in capsys.readouterr().out
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [(int(row["item"]), row["key"], row["text"][:2]) for row in rows] == [(ids[0], "0", "'="), (ids[1], "1", "my")]
    duplicates("Dup", where=Where(url=server.url, token=server.token, json=True))
    assert json.loads(capsys.readouterr().out) == {"items": 3, "groups": [ids[:2]]}
    for _ in range(2):
        duplicates("Dup", flag=True, where=where)
    found = [project.item(one) for one in ids]
    assert [one["item"]["flagged"] for one in found] == [False, True, False]
    assert [[c["text"] for c in one["comments"]] for one in found] == [[], ["Nearly the same as item 1."], []]
    duplicates("Dup", set_aside=True, where=where)
    assert [one.status for one in project.items()] == ["new", "aside", "new"]
    said = capsys.readouterr().out
    assert "1 items are set aside" in said
    duplicates("Dup", undo=int(said.split("--undo ")[1].split()[0]), where=where)
    assert project.status().aside == 0
    for least, field, said in ((0.1, None, "from 0.3"), (0.7, "body", "Fields of these: text")):
        with pytest.raises(Invalid, match=said):
            duplicates("Dup", least=least, field=field, where=where)
    project.delete()
