"""The predictors that learn: they get better with labels, say how sure they are, and bear odd data."""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import milo
from milo.builtin.predictors import image_classifier, nearest, rules, text_classifier
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example, Fitted
from milo.stats.calibration import auroc, ece

TEXT = (Field("text"),)
IMAGE = (Field("image", "image"),)
DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
LEARNERS: list[Any] = [text_classifier.PLUGIN, nearest.PLUGIN]
TOPICS = {
    "billing": "refund invoice charged card payment twice receipt price fee bank",
    "shipping": "parcel courier late tracking address delivery box lost post door",
    "login": "password account locked reset mail code sign user name access",
    "praise": "thanks great love perfect friendly helpful happy best fast nice",
}
FILLER = ["the", "a", "and", "to", "my", "was", "is", "with", "for", "of", "it", "that", "please", "hello", "again", "today"]


def question(shape: str, **config: Any) -> Question:
    return Question("q", "any", config=config, shape=shape)


def topic_text(topic: str, rng: random.Random) -> str:
    words = rng.choices(TOPICS[topic].split(), k=rng.randint(1, 3)) + rng.choices(FILLER, k=8)
    words += rng.choices(" ".join(TOPICS.values()).split(), k=1)
    rng.shuffle(words)
    return " ".join(words)


def topics(n: int, seed: int) -> list[Example]:
    rng = random.Random(seed)
    picked = [rng.choice(list(TOPICS)) for _ in range(n)]
    return [Example(i, {"text": topic_text(t, rng)}, t) for i, t in enumerate(picked)]


def run(
    predictor: Any, q: Question, train: Sequence[Example], test: Sequence[Example], fields: Any = TEXT
) -> tuple[Fitted, list[Prediction]]:
    config = predictor.check_config({}, q)
    fitted = predictor.fit(q, fields, config, train)
    items = [Candidate(e.item_id, e.data) for e in test]
    return fitted, list(predictor.predict(q, fields, config, fitted.model, items))


def hits(test: Sequence[Example], said: list[Prediction]) -> list[bool]:
    truth = {e.item_id: e.value for e in test}
    return [truth[p.item_id] == p.value for p in said]


@pytest.mark.parametrize("predictor", LEARNERS, ids=lambda p: p.name)
def test_gets_better_with_labels_and_knows_how_good_it_is(predictor: Any) -> None:
    pool, test = topics(600, 1), topics(1000, 2)
    accuracy = {}
    for n in (20, 100, 400):
        _, said = run(predictor, question("label"), pool[:n], test)
        right = hits(test, said)
        assert len(said) == len(test)
        accuracy[n] = float(np.mean(right))
        assert ece([p.score for p in said], right) < (0.2 if n < 100 else 0.1)
    assert accuracy[20] < accuracy[100] < accuracy[400]
    assert accuracy[400] > (0.86 if predictor is text_classifier.PLUGIN else 0.78)  # 0.88 is about the best possible here


@pytest.mark.parametrize(("name", "floor"), [("github", 0.84), ("insult", 0.78)])
def test_on_real_texts(name: str, floor: float) -> None:
    file = {"github": "github-issues-DOCUMENTATION", "insult": "reddit-INSULT"}[name]
    path = DATA / "hil" / f"annotated_{file}-textcat.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not there: real annotated texts are needed")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows = [r for r in rows if r["answer"] != "ignore"]
    scores, right = [], []
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        examples = [Example(i, {"text": r["text"]}, r["answer"]) for i, r in enumerate(rows)]
        _, said = run(text_classifier.PLUGIN, question("label"), examples[:200], examples[200:])
        scores += [p.score for p in said]
        right += hits(examples, said)
    assert np.mean(right) > floor
    assert ece(scores, right) < 0.05
    assert auroc(scores, right) > 0.6


@pytest.mark.parametrize("predictor", LEARNERS, ids=lambda p: p.name)
def test_sets_of_labels(predictor: Any) -> None:
    rng = random.Random(3)
    q = question("labels", labels=[{"value": t} for t in TOPICS])

    def make(i: int) -> Example:
        chosen = [t for t in TOPICS if rng.random() < 0.4]
        return Example(i, {"text": " ".join([topic_text(t, rng) for t in chosen] + rng.choices(FILLER, k=4))}, chosen)

    examples = [make(i) for i in range(1200)]
    _, said = run(predictor, q, examples[:400], examples[400:])
    right = hits(examples, said)
    assert np.mean(right) > (0.5 if predictor is text_classifier.PLUGIN else 0.35)
    assert ece([p.score for p in said], right) < 0.1
    assert all(p.value == [t for t in TOPICS if t in p.value] for p in said)


def test_at_least_and_at_most_so_many_labels() -> None:
    q = question("labels", labels=list(TOPICS), min=1, max=1)
    examples = [Example(e.item_id, e.data, [e.value]) for e in topics(60, 4)]
    _, said = run(text_classifier.PLUGIN, q, examples, topics(200, 5))
    assert {len(p.value) for p in said} == {1}


def test_ratings_are_numbers() -> None:
    words = ["awful broken terrible", "poor weak slow", "fine okay average", "good solid nice", "superb perfect amazing"]
    rng = random.Random(6)
    examples = [
        Example(i, {"text": " ".join(rng.choices(words[i % 5].split(), k=2) + rng.choices(FILLER, k=5))}, i % 5 + 1)
        for i in range(300)
    ]
    _, said = run(text_classifier.PLUGIN, question("number", min=1, max=5), examples[:150], examples[150:])
    assert np.mean(hits(examples, said)) > 0.9
    assert {type(p.value) for p in said} == {int}


def test_the_reason_names_the_words_that_spoke() -> None:
    q = question("label")
    items = [Example(1, {"text": "Hello, I was CHARGED TWICE, please refund my card"}, "")]
    _, said = run(text_classifier.PLUGIN, q, topics(200, 7), items)
    assert said[0].value == "billing"
    assert "charged twice" in (said[0].reason or "")
    _, said = run(nearest.PLUGIN, q, topics(200, 7), items)
    assert (said[0].reason or "").startswith("like item ")


def test_reads_all_texts_and_conversations() -> None:
    fields = (Field("title"), Field("talk", "chat"), Field("photo", "image"))
    examples = [
        Example(
            e.item_id, {"title": "hello", "talk": [{"role": "user", "content": e.data["text"]}], "photo": {"media": 1}}, e.value
        )
        for e in topics(300, 8)
    ]
    _, said = run(text_classifier.PLUGIN, question("label"), examples[:150], examples[150:], fields)
    assert np.mean(hits(examples, said)) > 0.75


@pytest.mark.parametrize("predictor", LEARNERS, ids=lambda p: p.name)
def test_when_there_is_too_little_to_learn(predictor: Any) -> None:
    q = question("label", labels=list(TOPICS))
    for examples, why in [
        (topics(5, 1), "at least 6"),
        ([Example(i, {"text": f"text {i}"}, "billing") for i in range(20)], "same answer"),
        ([Example(i, {"text": ""}, "billing") for i in range(20)], "20 more cannot be used"),
        ([Example(i, {"text": "x"}, "gone") for i in range(20)], "cannot be used"),
        ([], "at least 6"),
    ]:
        fitted, said = run(predictor, q, examples, topics(3, 2))
        assert fitted.model is None
        assert why in fitted.info["why"]
        assert said == []


@pytest.mark.parametrize("predictor", LEARNERS, ids=lambda p: p.name)
def test_a_cold_start_with_classes_seen_once(predictor: Any) -> None:
    examples = [
        Example(i, {"text": TOPICS[t]}, t) for i, t in enumerate(["billing", "shipping", "login", "praise"] + ["billing"] * 2)
    ]
    fitted, said = run(predictor, question("label"), examples, examples)
    assert fitted.info["classes"] == {"billing": 3, "login": 1, "praise": 1, "shipping": 1}
    assert all(hits(examples, said))
    assert all(0 < (p.score or 0) < 1 for p in said)


@pytest.mark.parametrize("predictor", LEARNERS, ids=lambda p: p.name)
def test_equal_input_gives_equal_output(predictor: Any) -> None:
    one, two = (run(predictor, question("label"), topics(80, 1), topics(50, 2)) for _ in range(2))
    assert one == two


odd_values = st.one_of(
    st.none(), st.booleans(), st.floats(), st.text(max_size=40), st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    st.lists(st.dictionaries(st.sampled_from(["role", "content"]), st.one_of(st.none(), st.text(max_size=9)))),
)  # fmt: skip


@pytest.mark.parametrize("predictor", LEARNERS, ids=lambda p: p.name)
@settings(max_examples=60, deadline=None)
@given(data=st.lists(odd_values, max_size=8))
def test_odd_data_never_ends_a_run(predictor: Any, data: list[Any]) -> None:
    q = question("label")
    train = [*topics(12, 1), *(Example(100 + i, {"text": d}, "billing") for i, d in enumerate(data))]
    test = [Example(1000 + i, {"text": d}, "") for i, d in enumerate(data)] + [Example(5, {"text": "parcel late"}, "")]
    fitted, said = run(predictor, q, train, test)
    assert fitted.model is not None
    assert 5 in {p.item_id for p in said}
    assert all(p.score is not None and 0 <= p.score <= 1 for p in said)


def test_all_scripts_are_read() -> None:
    texts = {"ja": "配達が遅い 荷物 届かない", "ar": "أريد استرداد المبلغ", "emoji": "😀😀 🎉", "long": "x" * 50_000}
    examples = [Example(i * 4 + j, {"text": f"{t} {i}"}, name) for i in range(5) for j, (name, t) in enumerate(texts.items())]
    _, said = run(text_classifier.PLUGIN, question("label"), examples, examples)
    assert all(hits(examples, said))


def test_a_damaged_model_is_refused() -> None:
    q = question("label")
    fitted, _ = run(text_classifier.PLUGIN, q, topics(30, 1), [])
    assert fitted.model is not None
    for bad in (b"", b"junk", fitted.model[:50], nearest_model()):
        with pytest.raises(InvalidConfig, match="Train it again"):
            list(text_classifier.PLUGIN.predict(q, TEXT, {}, bad, [Candidate(1, {"text": "a"})]))


def nearest_model() -> bytes:
    fitted, _ = run(nearest.PLUGIN, question("label"), topics(30, 1), [])
    return fitted.model or b""


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    folder = tmp_path_factory.mktemp("digits")
    examples: list[Example] = []
    for i, (pixels, digit) in enumerate(zip(data.images[:900], data.target[:900], strict=True)):
        path = folder / f"{i}.png"
        Image.fromarray((pixels * 15.9).astype("uint8")).save(path)
        examples.append(Example(i, {"image": {"media": i, "path": str(path)}}, str(digit)))
    random.Random(1).shuffle(examples)
    return examples


@pytest.mark.parametrize(
    ("predictor", "floor"), [(image_classifier.PLUGIN, 0.93), (nearest.PLUGIN, 0.9)], ids=["linear", "nearest"]
)
def test_images(digits: list[Example], predictor: Any, floor: float) -> None:
    accuracy = {}
    for n in (20, 100, 300):
        _, said = run(predictor, question("label"), digits[:n], digits[300:], IMAGE)
        right = hits(digits, said)
        accuracy[n] = float(np.mean(right))
        assert ece([p.score for p in said], right) < (0.25 if n < 100 else 0.1)
    assert accuracy[20] < accuracy[100] < accuracy[300]
    assert accuracy[300] > floor


def test_broken_images_are_passed_over(digits: list[Example], tmp_path: Path) -> None:
    whole = Path(digits[0].data["image"]["path"]).read_bytes()
    files = {"cut.png": whole[:60], "text.png": b"no image", "empty.png": b"", "gif.gif": b"GIF89a\x01"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    odd = [{"image": {"path": str(tmp_path / name)}} for name in [*files, "absent.png"]]
    odd += [{"image": {"path": str(tmp_path)}}, {"image": None}, {}, {"image": {"path": 3}}]
    test = [Example(9000 + i, data, "") for i, data in enumerate(odd)] + digits[40:60]
    train = digits[:40] + [Example(9500 + i, data, "1") for i, data in enumerate(odd)]
    for predictor in (image_classifier.PLUGIN, nearest.PLUGIN):
        fitted, said = run(predictor, question("label"), train, test, IMAGE)
        assert fitted.info["n"] == 40
        assert [p.item_id for p in said] == [e.item_id for e in digits[40:60]]


def test_images_are_turned_upright_and_transparency_is_white(tmp_path: Path) -> None:
    from milo.builtin.predictors._image_features import features_of

    upright = Image.fromarray(np.tile(np.arange(96, dtype=np.uint8) * 2, (64, 1))).convert("RGB")
    upright.save(tmp_path / "a.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.rotate(90, expand=True).save(tmp_path / "b.png", exif=exif)
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    clear.save(tmp_path / "c.png")
    Image.new("RGB", (20, 20), "white").save(tmp_path / "d.png")
    a, b, c, d = (features_of(str(tmp_path / f"{n}.png")) for n in "abcd")
    assert a is not None
    assert b is not None
    assert c is not None
    assert d is not None
    assert float(a @ b) == pytest.approx(float(a @ a), abs=0.01)
    assert np.allclose(c, d)


def test_which_questions_are_accepted() -> None:
    both = (*TEXT, *IMAGE)
    cases: list[tuple[Any, str, Any, bool]] = [
        (text_classifier.PLUGIN, "label", TEXT, True), (text_classifier.PLUGIN, "labels", TEXT, True),
        (text_classifier.PLUGIN, "number", TEXT, True), (text_classifier.PLUGIN, "spans", TEXT, False),
        (text_classifier.PLUGIN, "label", IMAGE, False), (image_classifier.PLUGIN, "label", IMAGE, True),
        (image_classifier.PLUGIN, "boxes", IMAGE, False), (image_classifier.PLUGIN, "label", both, True),
        (nearest.PLUGIN, "label", IMAGE, True), (nearest.PLUGIN, "text", TEXT, False),
        (rules.PLUGIN, "spans", TEXT, True), (rules.PLUGIN, "spans", IMAGE, False), (rules.PLUGIN, "boxes", IMAGE, False),
    ]  # fmt: skip
    for predictor, shape, fields, expected in cases:
        assert predictor.accepts(question(shape), fields) is expected, (predictor.name, shape, fields)


def test_settings_are_checked(tmp_path: Path) -> None:
    q = question("label")
    assert nearest.PLUGIN.check_config({}, q) == {"k": 7}
    for predictor, config in [(nearest.PLUGIN, {"k": 0}), (nearest.PLUGIN, {"k": True}), (image_classifier.PLUGIN, {"x": 1})]:
        with pytest.raises(InvalidConfig):
            predictor.check_config(config, q)
    with pytest.raises(InvalidConfig, match="no embedding model"):
        text_classifier.PLUGIN.check_config({"embeddings": str(tmp_path)}, q)


def test_embeddings_without_the_libraries_name_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from milo.builtin.predictors import _embeddings

    for name in _embeddings.FILES:
        (tmp_path / name).touch()
    monkeypatch.setattr(_embeddings, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"milo\[embeddings\]"):
        text_classifier.PLUGIN.check_config({"embeddings": str(tmp_path)}, question("label"))


def test_finding_the_plug_ins_loads_no_numerical_library() -> None:
    code = (
        "import sys\n"
        "from milo.builtin.predictors import image_classifier, nearest, rules, text_classifier\n"
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'PIL', 'regex', 'onnxruntime') if m in sys.modules])"
    )
    home = str(Path(milo.__file__).parent.parent)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONPATH": home})
    assert done.stdout.decode().strip() == "[]"
