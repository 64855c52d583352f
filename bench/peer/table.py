"""The results as a Markdown table with ratios and goals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = tuple[str, Callable[[dict[str, Any]], float], bool, float | None]
"""(title, how to read it, whether more is better, goal as a ratio)."""

ROWS: list[Row] = [
    ("Import, items per CPU-second", lambda r: r["import"]["per_cpu_s"], True, 10),
    ("Work behind the import, CPU s", lambda r: r["after_import"]["cpu_s"], False, None),
    ("Import of suggestions, per CPU-second", lambda r: r["predictions"]["per_cpu_s"], True, None),
    ("Next item, CPU ms", lambda r: r["next"]["cpu_ms_each"], False, 50),
    ("Save an answer, CPU ms", lambda r: r["save"]["cpu_ms_each"], False, 50),
    ("List 50 rows, CPU ms", lambda r: r["page_first"]["cpu_ms_each"], False, 50),
    ("List 50 rows at the end, CPU ms", lambda r: r["page_deep"]["cpu_ms_each"], False, 50),
    ("Filter by text, CPU ms", lambda r: r["filter_text"]["cpu_ms_each"], False, 50),
    ("Filter by text the first time, CPU ms", lambda r: r["filter_text"]["first_cpu_ms"], False, None),
    ("Filter unlabelled, CPU ms", lambda r: r["filter_unlabelled"]["cpu_ms_each"], False, 50),
    ("Filter unlabelled, half-way, CPU ms", lambda r: r["filter_unlabelled_deep"]["cpu_ms_each"], False, 50),
    ("Export, items per CPU-second", lambda r: r["export"]["per_cpu_s"], True, 50),
    ("Export, peak memory, MB", lambda r: r["export"]["peak_mb"], False, None),
    ("8 annotators, answers per CPU-second", lambda r: r["together"]["per_cpu_s"], True, 60),
    ("8 annotators, items answered twice", lambda r: r["together"]["answered_twice"], False, None),
    ("8 annotators, cores that others kept busy", lambda r: r["together"]["others_cores"], False, None),
    ("First start, CPU s", lambda r: r["first_start"]["cpu_s"], False, None),
    ("Memory after start, MB", lambda r: r["first_start"]["memory_mb"], False, None),
    ("Memory at the end, MB", lambda r: r["memory_at_end"]["mb"], False, None),
]


def best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Several runs as one: of each phase of each product the run with the least CPU, which others disturbed least."""
    merged: dict[str, Any] = {"machine": runs[-1]["machine"], "sizes": {}, "install": {}}
    for run in runs:
        merged["install"] |= run.get("install", {})
        for size, products in run["sizes"].items():
            for name, phases in products.items():
                kept = merged["sizes"].setdefault(size, {}).setdefault(name, {})
                for phase, row in phases.items():
                    if phase not in kept or _cost(row) < _cost(kept[phase]):
                        kept[phase] = row
    return merged


def _cost(row: dict[str, Any]) -> float:
    """CPU; of memory and disk the run with the most counts."""
    return row.get("cpu_ms_each", row.get("cpu_s", -row.get("mb", 0.0)))


def table(results: dict[str, Any]) -> str:
    """One table for each size, and one for the installation."""
    parts = [_one(size, found) for size, found in results["sizes"].items()]
    install = results.get("install")
    if install:
        lines = [f"| {name} | {row['packages']} | {row['mb']:,.0f} |" for name, row in install.items()]
        parts.append("\n".join(["| installed | packages | MB |", "|---|---:|---:|", *lines]))
    return "\n\n".join(parts)


def _one(size: str, found: dict[str, Any]) -> str:
    names = list(found)
    paired = len(names) > 1 and names[0] == "label-studio"
    head = [f"{int(size):,} items", *names] + (["ratio", "goal", "reached"] if paired else [])
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for title, read, more, goal in ROWS:
        values = [read(found[name]) for name in names]
        cells = [title, *(f"{v:,.3g}" if abs(v) < 1000 else f"{v:,.0f}" for v in values)]
        if paired and "others" in title:
            cells += ["", "", ""]
        elif paired:
            cells += _compared(values[0], values[names.index("milo")], more, goal)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _compared(peer: float, own: float, more: bool, goal: float | None) -> list[str]:
    top, bottom = (own, peer) if more else (peer, own)
    if top <= 0 or bottom <= 0:
        return ["", "" if goal is None else f"{goal:g}x", ""]
    ratio = top / bottom
    told = f"{ratio:,.0f}x" if ratio >= 100 else f"{ratio:,.1f}x"
    return [told, "" if goal is None else f"{goal:g}x", "" if goal is None else ("yes" if ratio >= goal else "**no**")]
