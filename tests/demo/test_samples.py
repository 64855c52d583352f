"""The content of the sample projects: valid, varied, without the answers in it, and learnable."""

import io
import json
from importlib import resources

import numpy as np
import pytest
from PIL import Image

from milo.builtin.demo import samples
from milo.builtin.demo.digits import pictures
from milo.builtin.demo.support import TOPICS
from milo.flow.projects import complete, predictors_of
from milo.kinds.predictor import Candidate, Example
from milo.kinds.registry import Registry


@pytest.fixture(scope="module")
def registry():
    registry = Registry()
    registry.load_package("milo.builtin")
    return registry


@pytest.fixture(scope="module")
def support(registry):
    sample = samples()[0]
    (_, content), *_ = sample.files()
    rows = [json.loads(line) for line in content.splitlines()]
    gold = json.loads(resources.files("milo.builtin.demo").joinpath("gold.json").read_text())
    return complete(sample.spec, registry), rows, gold


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.spec.name)
def test_spec_and_predictors_are_valid(sample, registry):
    spec = complete(sample.spec, registry)
    entries = predictors_of(spec, registry)
    assert len(entries) >= 2
    assert any(registry.predictors.get(e.plugin).learns for e in entries)


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.spec.name)
def test_every_label_has_a_section_in_the_guidelines(sample):
    headings = {line[3:].strip() for line in sample.spec.guidelines.splitlines() if line.startswith("## ")}
    labels = sample.spec.questions[0].config["labels"]
    assert {label["value"] for label in labels} == headings


def test_messages_are_many_distinct_and_varied(support):
    _, rows, gold = support
    texts = [row["text"] for row in rows]
    assert len(texts) >= 360
    assert len(set(texts)) == len(texts)
    assert {row["id"] for row in rows} == set(gold)
    assert set(gold.values()) == {topic["value"] for topic in TOPICS}
    lengths = np.array([len(t) for t in texts])
    assert lengths.min() < 15
    assert lengths.max() > 200
    openings = {" ".join(t.lower().split()[:3]) for t in texts}
    assert len(openings) > 0.7 * len(texts), "the messages look like they were made from a template"


def test_the_answers_are_not_in_what_is_imported(support):
    _, rows, _ = support
    assert {key for row in rows for key in row} == {"id", "text", "channel", "day"}


def test_only_the_first_question_is_needed_at_first_glance(support):
    spec, _, _ = support
    assert [q.name for q in spec.questions] == ["topic", "urgency", "details"]
    assert not spec.questions[2].required
    assert len(spec.questions[0].config["labels"]) <= 9


def test_topic_rules_are_right_as_often_as_they_claim(support, registry):
    spec, rows, gold = support
    entry = next(e for e in predictors_of(spec, registry) if e.name == "topic_rules")
    items = [Candidate(i, {"text": row["text"]}) for i, row in enumerate(rows)]
    plugin = registry.predictors.get("rules")
    by_label: dict[str, list[bool]] = {}
    score: dict[str, float] = {}
    for said in plugin.predict(spec.questions[0], spec.fields, entry.config, None, items):
        by_label.setdefault(said.value, []).append(gold[rows[said.item_id]["id"]] == said.value)
        score[said.value] = said.score
    assert sum(map(len, by_label.values())) > 150
    for label, hits in by_label.items():
        assert np.mean(hits) >= score[label], label


@pytest.mark.slow
def test_the_text_classifier_learns_the_topic(support, registry):
    spec, rows, gold = support
    plugin, question = registry.predictors.get("text_classifier"), spec.questions[0]
    config = plugin.check_config({}, question)
    order = np.random.default_rng(3).permutation(len(rows))
    reached = {}
    for n in (30, 200):
        lessons = [Example(int(i), {"text": rows[i]["text"]}, gold[rows[i]["id"]]) for i in order[:n]]
        model = plugin.fit(question, spec.fields, config, lessons).model
        test = [Candidate(int(i), {"text": rows[i]["text"]}) for i in order[200:]]
        said = {p.item_id: p.value for p in plugin.predict(question, spec.fields, config, model, test)}
        reached[n] = np.mean([said.get(c.item_id) == gold[rows[c.item_id]["id"]] for c in test])
    assert reached[30] < reached[200] - 0.15
    assert reached[200] > 0.77


def test_digits_are_pictures_of_all_ten(support):
    files = dict(samples()[1].files())
    table = [json.loads(line) for line in files.pop("digits.jsonl").splitlines()]
    assert [row["image"] for row in table] == list(files)
    sizes = {Image.open(io.BytesIO(content)).size for content in files.values()}
    assert sizes == {(160, 160)}
    assert {digit for digit, _ in pictures()} == set(range(10))
