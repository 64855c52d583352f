"""The process in which a GGUF file runs: llama.cpp's own server, on this machine only, for as long as its parent lives.

It is told what to do by one line of JSON on its standard input, answers with one line on its standard output, and ends when its
input ends. It knows nothing of the workspace and opens no database.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    """Serve until the input ends."""
    given = json.loads(sys.stdin.readline())
    answer = os.dup(1)
    os.dup2(2, 1)  # what the library prints goes to the log
    try:
        server = _start(given)
        told = {"address": server.listening_address}
    except Exception as error:  # noqa: BLE001 - the library's call
        told = {"error": f"{type(error).__name__}: {error}"}
    os.write(answer, json.dumps(told).encode() + b"\n")
    if "error" not in told:
        while sys.stdin.read(1):
            pass
    os._exit(0)


def _start(given: dict[str, Any]) -> Any:
    from importlib import import_module

    xllamacpp: Any = import_module("xllamacpp")
    p = xllamacpp.CommonParams()
    p.model.path = given["model"]
    if given.get("mmproj"):
        p.mmproj.path = given["mmproj"]
    p.hostnames = ["127.0.0.1"]
    p.port = given["port"]
    p.api_keys = [given["key"]]
    p.n_ctx, p.n_parallel = given["context"] * given["parallel"], given["parallel"]
    p.n_gpu_layers = given["gpu_layers"]
    p.model_alias = {given["name"]}
    p.warmup = False
    p.use_jinja = True
    if given["threads"]:
        p.cpuparams.n_threads = given["threads"]
        p.cpuparams_batch.n_threads = given["threads"]
    return xllamacpp.Server(p)


if __name__ == "__main__":
    main()
