"""Quotes are found on the own text, exactly or up to blanks, marks and capitals; never by guessing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milo.domain.quotes import place_all, places

TEXT = "The  “quick”\nbrown fox – the lazy dog. The fox…"


def test_exact_words_win_over_alike_ones() -> None:
    assert places("fox Fox fox", "fox") == [(0, 3), (8, 11)]
    assert places("Fox FOX", "fox") == [(0, 3), (4, 7)]


def test_blanks_marks_dashes_and_capitals_are_alike() -> None:
    (found,) = places(TEXT, 'the "QUICK" brown fox - the')
    assert TEXT[slice(*found)] == "The  “quick”\nbrown fox – the"
    assert TEXT[slice(*places(TEXT, "fox...")[0])] == "fox…"


def test_what_is_not_there_has_no_place() -> None:
    for quote in ("", "  ", "cat", "quick fox", "brown foxes"):
        assert places(TEXT, quote) == []


def test_the_same_words_twice_are_the_first_and_the_second_occurrence() -> None:
    assert place_all("no no maybe", ["no", "maybe", "no", "no"]) == [(0, 2), (6, 11), (3, 5), None]


def test_a_letter_that_folds_to_two_keeps_its_place() -> None:
    text = "die STRASSE, die straße"
    assert [text[a:b] for a, b in places(text, "Straße")] == ["STRASSE", "straße"]


@given(st.text(max_size=60), st.data())
def test_every_piece_of_a_text_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    found = places(text, quote)
    assert all(text[a:b] == quote for a, b in found)
    assert bool(found) == bool(quote.strip())
    assert all(0 <= a < b <= len(text) for a, b in places(text, quote.upper()))
