"""A note goes below the heading that it belongs to, and nothing else changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milo.flow.guidelines import section_for, sections, with_note

GUIDE = """# Topics

Choose one.

## delivery

Where the parcel is.

```
## not a heading
```

## Return & refund

Money back.
"""


def test_sections_skip_code() -> None:
    assert [(s.depth, s.title) for s in sections(GUIDE)] == [(1, "Topics"), (2, "delivery"), (2, "Return & refund")]


def test_a_note_goes_to_the_end_of_its_section() -> None:
    out = with_note(GUIDE, "Delivery", "> late\n\nis delivery")
    assert out == GUIDE.replace("\n## Return", "\n> late\n\nis delivery\n\n## Return")
    assert with_note(GUIDE, "return - refund", "x").endswith("Money back.\n\nx\n")
    assert with_note(GUIDE, "Topics", "x").startswith("# Topics\n\nChoose one.\n\nx\n\n## delivery")


def test_a_missing_section_is_made_and_none_is_the_end() -> None:
    assert with_note(GUIDE, "damaged", "x") == GUIDE + "\n## damaged\n\nx\n"
    assert with_note(GUIDE, None, "x") == GUIDE + "\nx\n"
    assert with_note("", None, "x") == "x\n"
    assert with_note("", "new", "x") == "## new\n\nx\n"


def test_the_section_is_found_by_the_first_name_that_fits() -> None:
    assert section_for(GUIDE, ["refund", "return and refund", "Return & Refund", "delivery"]) == "Return & refund"
    assert section_for(GUIDE, ["nothing"]) is None


@given(
    st.text(alphabet="# ab\n`~", max_size=60),
    st.text(alphabet="ab ", max_size=4),
    st.text(alphabet="xy\n", min_size=1, max_size=8),
)
def test_every_line_stays_in_order(guide: str, section: str, note: str) -> None:
    out = with_note(guide, section or None, note)
    kept = iter(out.splitlines())
    assert all(line in kept for line in guide.splitlines() if line.strip())
    assert note.strip() in out
