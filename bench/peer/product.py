"""What the workload needs from a product. Each method does what a client of that product has to do, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

LABELS = ("Positive", "Negative", "Neutral")
PASSWORD = "bench-password-12345"


class Seat(Protocol):
    """One signed-in person on one connection, working in the bench's project."""

    def create_project(self, title: str) -> None:
        """One text, one choice out of LABELS."""
        ...

    def import_body(self, rows: list[dict[str, Any]]) -> bytes:
        """A request for these rows, made before the clock runs."""
        ...

    def import_rows(self, body: bytes) -> None:
        """Send it."""
        ...

    def settle(self) -> None:
        """Wait for work that the server does after an import."""
        ...

    def first_ids(self, n: int) -> list[int]:
        """The ids of some items."""
        ...

    def predictions_body(self, ids: list[int]) -> bytes:
        """A request with one suggestion for each item."""
        ...

    def import_predictions(self, body: bytes) -> None:
        """Send it."""
        ...

    def next(self) -> Any | None:
        """The next item to label, None if there is none."""
        ...

    def save(self, item: Any, label: str) -> None:
        """Submit an answer."""
        ...

    def id_of(self, item: Any) -> int:
        """The item's id."""
        ...

    def page(self, number: int, needle: str | None = None, *, unlabelled: bool = False) -> tuple[int, int]:
        """A page of 50 rows, as the product's data view asks for it: (rows, total)."""
        ...

    def export(self) -> int:
        """Everything as JSON; its bytes."""
        ...

    def colleague(self, number: int) -> Seat:
        """A new person who may label in the project, on a connection of their own."""
        ...


class Product(Protocol):
    """A server that can be started."""

    name: str
    front_page: str

    def command(self, data: Path, port: int) -> tuple[list[str], dict[str, str]]:
        """(command line, environment) to start it."""
        ...

    def open(self, base: str) -> Seat:
        """The owner's seat on a fresh server."""
        ...
