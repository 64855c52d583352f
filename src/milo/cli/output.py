"""What commands print: tables and progress bars for people, JSON for programs. Progress goes to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from milo.sdk.shapes import JobInfo


def print_json(value: Any) -> None:
    """The value as JSON on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_text(text: str) -> None:
    """A line for people."""
    Console(highlight=False, soft_wrap=True, markup=False).print(text)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows for people."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(highlight=False, markup=False).print(table)


@contextmanager
def bar(title: str, *, quiet: bool = False) -> Generator[Callable[[int, int | None], None]]:
    """A progress bar on standard error; call what it gives with steps done and in all."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def job_bar(title: str, *, quiet: bool = False) -> Generator[Callable[[JobInfo], None]]:
    """A progress bar for a background job."""
    with bar(title, quiet=quiet) as tell:
        yield lambda info: tell(info.done, info.total)
