"""Finding personal data: CPU time for 50,000 characters, of ordinary text and of texts made to slow a search down.

    python bench/personal.py

Prints a line per text: CPU milliseconds, and the ratio to the same text at an eighth of the length (8 is linear).
"""

from __future__ import annotations

import random
import time

from milo.flow.masking import Masks
from milo.flow.personal import KINDS

LENGTH = 50_000


def texts() -> dict[str, str]:
    """What is searched, by name."""
    rng = random.Random(1)
    words = ["the", "bank", "account", "refund", "please", "order 1234567", "and", "me:", "at 12:30,", "2024-01-31"]
    people = ["ann@x.example", "+49 171 1234567", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "10.1.2.3"]
    plain = " ".join(rng.choice(words) for _ in range(9_000))
    full = " ".join(rng.choice(words if rng.random() < 0.9 else people) for _ in range(9_000))
    hostile = {"a": 1, "a@": 2, "1": 1, "4 ": 2, "1:": 2, "01 ": 3, "+1": 2, "://a:": 5, "-----BEGIN PRIVATE KEY-----": 27}
    return {"ordinary": plain, "one word in ten is personal": full} | {t: t * (LENGTH // n) for t, n in hostile.items()}


def seconds(text: str) -> float:
    """CPU time of masking, the best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        Masks(KINDS, [text]).mask(text)
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    """Measure and print."""
    print(f"{'text':32s} {'CPU ms':>8s} {'ratio':>6s}")
    for name, text in texts().items():
        whole, part = seconds(text[:LENGTH]), seconds(text[: LENGTH // 8])
        print(f"{name:32s} {whole * 1000:8.1f} {whole / part:6.1f}")


if __name__ == "__main__":
    main()
