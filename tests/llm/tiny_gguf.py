"""Makes small, valid GGUF files on the spot: a language model whose next byte depends on the last byte only, and a projector.

The model is an exact table of transitions in the shape of a llama network: embeddings are unit vectors, the layers add nothing, the
output is the logarithm of the table. Its answers are well-formed and mean nothing, which is what tests of protocols need.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SPECIALS = ("<|pad|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>")
PAD, START, END, CALL, CALLED = range(256, 261)
SIZE = 256 + len(SPECIALS)
WIDTH, HEADS, LAYERS, INNER = 288, 4, 2, 64
SPOKEN = b'{"label": "positive", "score": 7}\nThe label is good. The item is fine. ' * 40

TEMPLATE = """\
{%- if tools -%}<|im_start|>system
{% if messages[0].role == 'system' %}{{ messages[0].content }}

{% endif %}# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{% endif -%}
{%- for message in messages -%}
{%- if message.role == 'tool' -%}
<|im_start|>user
<tool_response>
{{ message.content }}
</tool_response><|im_end|>
{% elif message.role == 'assistant' -%}
<|im_start|>assistant
{% if message.content %}{{ message.content }}{% endif -%}
{%- for call in message.tool_calls or [] -%}
{%- set called = call.function or call -%}
{%- if message.content or not loop.first %}{{ '\n' }}{% endif -%}
{{ '<tool_call>\n{"name": "' + called.name + '", "arguments": ' }}
{%- if called.arguments is string %}{{ called.arguments }}{% else %}{{ called.arguments | tojson }}{% endif -%}
{{ '}\n</tool_call>' }}
{%- endfor -%}
<|im_end|>
{% elif not (tools and loop.first and message.role == 'system') -%}
<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|im_start|>assistant
{% endif -%}
"""


def _letters() -> list[str]:
    """Each byte as the character that stands for it in byte-level vocabularies: printable ones for themselves."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(b) if b in plain else chr(next(others)) for b in range(256)]


def transitions(text: bytes = SPOKEN, *, calls_tools: bool) -> np.ndarray:
    """Log probabilities of the next token after each token, as they follow one another in the text."""
    counts = np.full((SIZE, SIZE), 1e-4)
    spoken = np.frombuffer(text, np.uint8)
    np.add.at(counts, (spoken[:-1], spoken[1:]), 1.0)
    counts[:, 128:256] *= 1e-3
    counts[START] = counts[PAD] = counts[ord("\n")]
    for last, share in ((ord("."), 0.3), (ord("}"), 6.0)):
        counts[last, END] += counts[last].sum() * share
    words = np.arange(ord("a"), ord("z") + 1)
    counts[words, ord('"')] += counts[words].sum(axis=1) * 0.1
    counts[CALL, ord("\n")] = counts[CALLED, END] = 1e4
    if calls_tools:
        counts[ord("\n"), CALL] += counts[ord("\n")].sum() * 30
        counts[ord("}"), CALLED] += counts[ord("}")].sum()
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def write_model(path: Path, text: bytes = SPOKEN, *, calls_tools: bool = False) -> Path:
    """A language model that has read this text; with `calls_tools` it opens every answer with a tool call."""
    import gguf

    letters = _letters()
    out = gguf.GGUFWriter(str(path), "llama")
    out.add_name("tiny")
    out.add_context_length(8192)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_vocab_size(SIZE)
    out.add_file_type(gguf.LlamaFileType.ALL_F32)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list([*letters, *SPECIALS])
    kinds = gguf.TokenType
    out.add_token_types([kinds.NORMAL] * 256 + [kinds.CONTROL] * 3 + [kinds.USER_DEFINED] * 2)
    out.add_token_merges([f"{letters[ord('q')]} {letters[ord('q')]}"])  # one has to be there; its product is no token
    out.add_bos_token_id(PAD)
    out.add_eos_token_id(END)
    out.add_pad_token_id(PAD)
    out.add_add_bos_token(False)
    out.add_chat_template(TEMPLATE)
    for name, tensor in _tensors(transitions(text, calls_tools=calls_tools)).items():
        out.add_tensor(name, tensor.astype(np.float32))
    _finish(out)
    return path


def _tensors(table: np.ndarray) -> dict[str, np.ndarray]:
    seen, said = np.zeros((SIZE, WIDTH)), np.zeros((SIZE, WIDTH))
    seen[np.arange(SIZE), np.arange(SIZE)] = 1.0
    said[:, :SIZE] = table.T / np.sqrt(WIDTH)
    found = {"token_embd.weight": seen, "output.weight": said, "output_norm.weight": np.ones(WIDTH)}
    for layer in range(LAYERS):
        at = f"blk.{layer}."
        found |= {f"{at}attn_norm.weight": np.ones(WIDTH), f"{at}ffn_norm.weight": np.ones(WIDTH)}
        found |= {f"{at}attn_{name}.weight": np.zeros((WIDTH, WIDTH)) for name in ("q", "k", "v", "output")}
        found |= {f"{at}ffn_{name}.weight": np.zeros((INNER, WIDTH)) for name in ("gate", "up")}
        found[f"{at}ffn_down.weight"] = np.zeros((WIDTH, INNER))
    return found


def write_projector(path: Path, *, seed: int = 0) -> Path:
    """A projector for images with random weights, so that pictures are taken, and seen as nothing in particular."""
    import gguf

    rng = np.random.default_rng(seed)
    width, inner, side, patch, layers = 64, 96, 64, 16, 1
    out = gguf.GGUFWriter(str(path), "clip")
    out.add_type("mmproj")
    out.add_file_type(0)
    out.add_bool("clip.has_vision_encoder", True)
    out.add_bool("clip.use_gelu", True)
    out.add_string("clip.projector_type", "mlp")
    sizes = {"image_size": side, "patch_size": patch, "embedding_length": width, "feed_forward_length": inner,
             "block_count": layers, "projection_dim": WIDTH, "attention.head_count": 2}  # fmt: skip
    for name, value in sizes.items():
        out.add_uint32(f"clip.vision.{name}", value)
    out.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    out.add_array("clip.vision.image_mean", [0.5] * 3)
    out.add_array("clip.vision.image_std", [0.5] * 3)

    def random(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape) * 0.02

    one, none = np.ones(width), np.zeros(width)
    tensors = {
        "v.class_embd": random(width), "v.patch_embd.weight": random(width, 3, patch, patch),
        "v.position_embd.weight": random((side // patch) ** 2 + 1, width), "v.pre_ln.weight": one, "v.pre_ln.bias": none,
        "mm.0.weight": random(WIDTH, width), "mm.0.bias": np.zeros(WIDTH),
        "mm.2.weight": random(WIDTH, WIDTH), "mm.2.bias": np.zeros(WIDTH),
    }  # fmt: skip
    for layer in range(layers):
        at = f"v.blk.{layer}."
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors |= {f"{at}{name}.weight": random(width, width), f"{at}{name}.bias": none}
        for name in ("ln1", "ln2"):
            tensors |= {f"{at}{name}.weight": one, f"{at}{name}.bias": none}
        tensors |= {f"{at}ffn_up.weight": random(inner, width), f"{at}ffn_up.bias": np.zeros(inner)}
        tensors |= {f"{at}ffn_down.weight": random(width, inner), f"{at}ffn_down.bias": none}
    for name, tensor in tensors.items():
        out.add_tensor(name, tensor.astype(np.float32))
    _finish(out)
    return path


def _finish(out: object) -> None:
    out.write_header_to_file()  # type: ignore[attr-defined]  # pyright: ignore
    out.write_kv_data_to_file()  # type: ignore[attr-defined]  # pyright: ignore
    out.write_tensors_to_file()  # type: ignore[attr-defined]  # pyright: ignore
    out.close()  # type: ignore[attr-defined]  # pyright: ignore
