"""Voting on texts: by hand, by law, and on recorded transcriptions."""

import csv
import random
import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.text_voting import vote_text, word_errors
from stats.crowds import RECORDED

texts = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6)


def test_by_hand():
    found = vote_text([t.split() for t in ("the cat sat", "a cat sat", "the cat sat down", "the bat sat")])
    assert found.words == ["the", "cat", "sat"]
    assert found.support == [0.75, 0.75, 1.0]
    assert found.error == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    heavy = vote_text([t.split() for t in ("the cat", "a bat")], [1, 3])
    assert heavy.words == ["a", "bat"]
    assert heavy.support == [0.75, 0.75]
    assert vote_text([]) == ([], [], [])
    assert vote_text([[], []]).words == []
    with pytest.raises(ValueError, match="weight"):
        vote_text([["a"]], [1, 2])


def literal_errors(a, b):
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return literal_errors(a[1:], b[1:])
    return 1 + min(literal_errors(a[1:], b[1:]), literal_errors(a[1:], b), literal_errors(a, b[1:]))


@given(texts, texts)
def test_word_errors_are_the_literal_ones(a, b):
    assert word_errors(a, b) == literal_errors(a, b)


@given(st.lists(texts, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_laws(versions, rng):
    found = vote_text(versions)
    assert vote_text(rng.sample(versions, len(versions))).words == found.words
    assert all(0 < s <= 1 for s in found.support)
    assert set(found.words) <= {w for v in versions for w in v}
    assert vote_text([versions[0]] * 3).words == versions[0]
    most = max(versions, key=versions.count)
    if versions.count(most) > len(versions) / 2:
        assert found.words == most


def test_noise_is_voted_away():
    rng = random.Random(1)
    truth = [rng.choice("abcdefghijklmnop") for _ in range(60)]

    def noisy():
        words = []
        for word in truth:
            if rng.random() > 0.1:
                words.append(word if rng.random() > 0.1 else rng.choice("xyz"))
            if rng.random() < 0.05:
                words.append("um")
        return words

    versions = [noisy() for _ in range(7)]
    found = vote_text(versions)
    assert word_errors(found.words, truth) <= 2
    assert min(word_errors(v, truth) for v in versions) >= 6


def test_recorded_transcriptions():
    crowd, gold = (RECORDED / "crowds" / f"crowdspeech300-{name}" for name in ("crowd.tsv", "gt.txt"))
    if not crowd.exists():
        pytest.skip(f"the recorded transcriptions are not at hand (looked for {crowd})")
    truth = dict(line.split("\t") for line in gold.read_text(encoding="utf-8").splitlines())
    versions = defaultdict(list)
    with crowd.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            versions[row["INPUT:audio"]].append(re.sub(r"[^a-z' ]", " ", row["OUTPUT:transcription"].lower()).split())
    wrong, single, total = 0, 0.0, 0
    for audio, text in list(truth.items())[:100]:
        words = text.split()
        found = vote_text(versions[audio])
        wrong += word_errors(found.words, words)
        single += sum(word_errors(v, words) for v in versions[audio]) / len(versions[audio])
        total += len(words)
    assert wrong / total < 0.12
    assert wrong < 0.6 * single
