"""Sentence embeddings from a folder that the user provides: `model.onnx` and `tokenizer.json`, as sentence-transformers
exports them. Needs the extra "embeddings"; nothing is ever downloaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from milo.domain.errors import InvalidConfig, MissingExtra

FILES = ("model.onnx", "tokenizer.json")
_BATCH, _TOKENS = 32, 256


def check_folder(folder: Any, predictor: str) -> None:
    """Raise InvalidConfig if `folder` is no embedding model, MissingExtra if the libraries are absent; None passes."""
    if folder is None:
        return
    if not isinstance(folder, str) or not all((Path(folder) / name).is_file() for name in FILES):
        raise InvalidConfig(
            f'"{folder}" is no embedding model: give a folder that holds {" and ".join(FILES)}, or leave it out.',
            place=f"predictors.{predictor}.embeddings",
        )
    if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
        raise MissingExtra("Embeddings", "embeddings")


@cache
def embedder(folder: str) -> Callable[[Sequence[str]], Any]:
    """A function from texts to unit vectors, float32, shape (n, dimension): token vectors averaged over each text.

    Raises InvalidConfig or MissingExtra as `check_folder` does. Texts are cut after 256 tokens.
    """
    check_folder(folder, "embeddings")
    session, tokenizer = _session(folder), _tokenizer(folder)
    wanted = {i.name for i in session.get_inputs()}

    def embed(texts: Sequence[str]) -> Any:
        import numpy as np

        parts = [_embed(session, wanted, tokenizer, texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
        return np.concatenate(parts)

    return embed


def _embed(session: Any, wanted: set[str], tokenizer: Any, texts: Sequence[str]) -> Any:
    import numpy as np

    encoded = tokenizer.encode_batch(list(texts))
    mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
    inputs = {
        "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
        "attention_mask": mask,
        "token_type_ids": np.zeros_like(mask),
    }
    out = session.run(None, {k: v for k, v in inputs.items() if k in wanted})[0]
    if out.ndim == 3:
        out = (out * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]
    return (out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _session(folder: str) -> Any:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = str(Path(folder) / FILES[0])
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _tokenizer(folder: str) -> Any:
    import tokenizers

    tokenizer: Any = tokenizers.Tokenizer.from_file(str(Path(folder) / FILES[1]))
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding()
    return tokenizer
