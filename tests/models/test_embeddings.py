"""Embeddings from a model folder, with a tiny model made on the spot: words that never met share a meaning."""

from typing import Any

import numpy as np
import pytest

from milo.builtin.predictors._embeddings import embedder
from milo.builtin.predictors.text_classifier import PLUGIN
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example

onnx: Any = pytest.importorskip("onnx", reason="onnx is needed to write a tiny embedding model")
tokenizers: Any = pytest.importorskip("tokenizers", reason='the extra "embeddings" is not installed')
pytest.importorskip("onnxruntime", reason='the extra "embeddings" is not installed')

MEANINGS = {"good": ["fine", "lovely", "superb", "nice"], "bad": ["awful", "poor", "broken", "weak"]}
WORDS = ["[PAD]", "[UNK]", *MEANINGS["good"], *MEANINGS["bad"], "the", "is"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("embeddings")
    vectors = np.zeros((len(WORDS), 3), dtype=np.float32)
    vectors[:, 2] = 0.1
    vectors[2:6, 0] = vectors[6:10, 1] = 1.0
    h, t = onnx.helper, onnx.TensorProto
    node = h.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
    names = ("input_ids", "attention_mask")
    inputs = [h.make_tensor_value_info(n, t.INT64, ["batch", "length"]) for n in names]
    output = h.make_tensor_value_info("last_hidden_state", t.FLOAT, ["batch", "length", 3])
    graph = h.make_graph([node], "tiny", inputs, [output], [onnx.numpy_helper.from_array(vectors, "table")])
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(place / "model.onnx"))
    words = tokenizers.models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(words)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(place / "tokenizer.json"))
    return str(place)


def test_vectors_are_unit_means_without_the_padding(folder: str) -> None:
    vectors = embedder(folder)(["fine", "fine the the the", "fine", "awful"] * 20)
    assert vectors.shape == (80, 3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(vectors[0], vectors[2])
    assert np.allclose(vectors[0], [1 / np.hypot(1, 0.1), 0, 0.1 / np.hypot(1, 0.1)])
    assert float(vectors[0] @ vectors[3]) < 0.1


def test_the_classifier_learns_meanings(folder: str) -> None:
    question, fields = Question("q", "any", shape="label"), (Field("text"),)
    config = PLUGIN.check_config({"embeddings": folder}, question)
    pairs = [(word, label) for label, words in MEANINGS.items() for word in words[:3]]
    examples = [Example(i, {"text": f"the is {word}"}, label) for i, (word, label) in enumerate(pairs)]
    fitted = PLUGIN.fit(question, fields, config, examples)
    unseen = [Candidate(i, {"text": words[3]}) for i, words in enumerate(MEANINGS.values())]
    said = list(PLUGIN.predict(question, fields, config, fitted.model, unseen))
    assert [p.value for p in said] == list(MEANINGS)
