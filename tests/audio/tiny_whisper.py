"""A Whisper model of random weights, in the form that CTranslate2 reads: its words are rubbish, its files and times are real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

SIZE, LAYERS, HEADS = 32, 1, 2
_SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>",
            "<|nospeech|>", "<|notimestamps|>"]  # fmt: skip


def make(folder: Path) -> None:
    """Write model.bin, config.json, tokenizer.json and what else the folder needs."""
    from ctranslate2.specs import WhisperSpec  # type: ignore[import-not-found]

    words = [f"w{i}" for i in range(90)] + ["Ġ", "!"]
    vocabulary = words + _SPECIAL + [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
    spec: Any = WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    rng = np.random.default_rng(3)
    _fill(spec, rng, len(vocabulary))
    first = len(words)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [first]
    spec.config.lang_ids = [first + 2]
    spec.config.alignment_heads = [(0, 0)]
    spec.register_vocabulary(vocabulary)
    folder.mkdir(parents=True, exist_ok=True)
    spec.validate()
    spec.save(str(folder))
    _tokenizer(folder / "tokenizer.json", words, vocabulary)
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80, "sampling_rate": 16000, "n_fft": 400, "hop_length": 160, "chunk_length": 30}))  # fmt: skip


def _fill(spec: Any, rng: Any, vocabulary: int) -> None:
    def draw(*shape: int) -> Any:
        return (rng.normal(size=shape) * 0.1).astype(np.float32)

    def linear(one: Any, outputs: int, inputs: int) -> None:
        one.weight, one.bias = draw(outputs, inputs), np.zeros(outputs, np.float32)

    def norm(one: Any) -> None:
        one.gamma, one.beta = np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)

    def attention(one: Any, own: bool) -> None:
        norm(one.layer_norm)
        parts = [3 * SIZE, SIZE] if own else [SIZE, 2 * SIZE, SIZE]
        for layer, outputs in zip(one.linear, parts, strict=True):
            linear(layer, outputs, SIZE)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = draw(SIZE, 80, 3), np.zeros(SIZE, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = draw(SIZE, SIZE, 3), np.zeros(SIZE, np.float32)
    encoder.position_encodings.encodings = draw(1500, SIZE)
    norm(encoder.layer_norm)
    decoder.embeddings.weight, decoder.position_encodings.encodings = draw(vocabulary, SIZE), draw(448, SIZE)
    decoder.projection.weight = decoder.embeddings.weight
    norm(decoder.layer_norm)
    for layer in (*encoder.layer, *decoder.layer):
        attention(layer.self_attention, own=True)
        if hasattr(layer, "attention"):
            attention(layer.attention, own=False)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 2 * SIZE, SIZE)
        linear(layer.ffn.linear_1, SIZE, 2 * SIZE)


def _tokenizer(path: Path, words: list[str], vocabulary: list[str]) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    made = Tokenizer(models.BPE(vocab={w: i for i, w in enumerate(words)}, merges=[], unk_token="!"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(t, special=True) for t in vocabulary[len(words) :]])
    made.save(str(path))
