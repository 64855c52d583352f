"""Personal data is found by pattern and checksum, masked alike wherever it stands, and put back exactly."""

from __future__ import annotations

import random
from itertools import pairwise

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milo.flow.masking import Masks, mask_request
from milo.flow.personal import KINDS, entropy, find, luhn, mod97
from milo.infra.providers.restoring import Restore
from milo.kinds.provider import MediaPart, Message, Reply, Request, TextPart, ToolCall, Usage, system, text_of, user

FOUND = [
    ("email", "bob.o'neil+x@ex-ample.co.uk"),
    ("email", "jürgen@müller.example"),
    ("phone", "+49 171 1234567"),
    ("phone", "0171/1234567"),
    ("phone", "(030) 1234 5678"),
    ("phone", "06 12 34 56 78"),
    ("phone", "(212) 555-0199"),
    ("phone", "(11) 96123-4567"),
    ("card", "4111 1111 1111 1111"),
    ("card", "5500-0000-0000-0004"),
    ("card", "378282246310005"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "GB29NWBK60161331926819"),
    ("ip", "192.168.1.1"),
    ("ip", "2001:db8::8a2e:370:7334"),
    ("ip", "fe80::1"),
    ("key", "sk-abcdefghij0123456789"),
    ("key", "ghp_abcdefghijklmnopqrst123456"),
    ("key", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
    ("key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"),
    ("key", "q8Zr2LwX5vTn9BdK3mJs7HcP1yGf4RaE"),
]
NOT_FOUND = [
    "2024-01-31 2024-01-31, 01.02.2024 12:30 and 01/02/2024",
    "1,234,567.89 and 0.123456789 and order 1234567890123",
    "ISBN 978-3-16-148410-0",
    "4111 1111 1111 1112 fails its check digit",
    "react@18.2.0 is a package",
    "999.1.1.1, std::cout, a::b, 12:30:45, v1.2.3",
    "sha 356a192b7913b04c54574d18c28d46e6395428ab, id 123e4567-e89b-12d3-a456-426614174000",
    "password: forgotten; the password is lost",
    "user@localhost, @mention, 5 @ 3.50",
    "AThoroughlyLongCamelCaseIdentifierWithoutDigits",
]


@pytest.mark.parametrize(("kind", "value"), FOUND)
def test_it_is_found_wherever_it_stands(kind: str, value: str) -> None:
    for text in (value, f"See {value}, please.", f"({value})", f"a\n{value}\nb", f"„{value}“"):
        assert [(f.kind, text[f.start : f.end]) for f in find(text)] == [(kind, value)]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert find(text) == []


def test_passwords_in_addresses_and_settings() -> None:
    text = (
        'https://bob:hunter2@x.example/ password: Tr0ub4dor&3 API_KEY="a8f5f167f44f" Authorization: Bearer abcDEF1234567890xyz'
    )
    assert [text[f.start : f.end] for f in find(text, ["key"])] == [
        "bob:hunter2",
        "Tr0ub4dor&3",
        "a8f5f167f44f",
        "abcDEF1234567890xyz",
    ]


def test_only_the_wanted_kinds_are_found() -> None:
    text = "a@b.example 192.168.1.1"
    assert [f.kind for f in find(text, ["ip", "unknown"])] == ["ip"]
    assert find(text, []) == []


def test_numbers_of_the_whole_world_are_found() -> None:
    """Against the example numbers of another library, for every region that it knows."""
    world = home = cued = n = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            n += 1
            for form in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
                world += _whole(phonenumbers.format_number(number, form), "So: {}, today.")
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            home += _whole(written, "So: {}, today.")
            cued += _whole(written, "tel. {}, today.")
    assert n > 400
    assert world == 2 * n
    assert home / n > 0.5  # a short number without a prefix looks like any other number
    assert cued / n > 0.95


def _whole(number: str, frame: str) -> bool:
    text = frame.format(number)
    return [text[f.start : f.end] for f in find(text, ["phone"])] == [number]


def test_check_digits() -> None:
    assert find("DE88 3704 0044 0532 0130 00", ["iban"]) == []
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert not luhn("0000000000000000")
    assert mod97("GB82 WEST 1234 5698 7654 32")
    assert not mod97("GB82 WEST 1234 5698 7654 33")
    assert entropy("") == 0
    assert entropy("abcd") == 2


@given(st.integers(10**11, 10**14))
def test_every_single_wrong_digit_of_a_card_is_noticed(body: int) -> None:
    digits = str(body) + next(d for d in "0123456789" if luhn(str(body) + d) or d == "9")
    if not luhn(digits):
        return
    changed = digits[:3] + str((int(digits[3]) + 1) % 10) + digits[4:]
    assert not luhn(changed)


piece = st.one_of(
    st.sampled_from([value for _, value in FOUND]),
    st.sampled_from(
        [
            "[EMAIL_1]",
            "[PHONE_2]",
            "[KEY_1]",
            "[EMAIL_",
            "EMAIL_1]",
            "[",
            "]",
            "0",
            "12",
            ".",
            ":",
            "@",
            "-",
            "+",
            " ",
            "\n",
            "password:",
        ]
    ),
    st.text(max_size=8),
)
texts = st.lists(piece, max_size=12).map("".join)


@given(texts)
@example("012345678 9A@b.co")
@example("[EMAIL_1] a@b.example")
def test_putting_back_is_exact_and_nothing_is_left(text: str) -> None:
    masks = Masks(KINDS, [text])
    masked = masks.mask(text)
    assert Restore(masks.values).text(masked.text) == text
    assert Masks(KINDS, [masked.text]).mask(masked.text).text == masked.text
    found = find(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[f.start : f.end] not in masked.text or text.count(text[f.start : f.end]) > 1 for f in found)


@given(texts, st.data())
def test_offsets_lead_back_to_the_own_text(text: str, data: st.DataObject) -> None:
    masked = Masks(KINDS, [text]).mask(text)
    start = data.draw(st.integers(0, len(masked.text)))
    end = data.draw(st.integers(start, len(masked.text)))
    low, high = masked.own(start, end)
    assert 0 <= low <= high <= len(text) or start == end
    assert masked.own(0, len(masked.text)) == (0, len(text))
    if not any(c[0] < end and start < c[1] for c in masked.cuts) and start < end:
        assert text[low:high] == masked.text[start:end]
    for a, b, own_a, own_b in masked.cuts:
        assert masked.own(a, b) == masked.own(a + 1, b - 1) == (own_a, own_b)


@given(st.lists(texts, min_size=1, max_size=4), st.data())
def test_a_stream_cut_anywhere_reads_like_the_whole(parts: list[str], data: st.DataObject) -> None:
    masks = Masks(KINDS, parts)
    masked = " ".join(masks.mask(t).text for t in parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(masked)), max_size=10)))
    stream = Restore(masks.values)
    pieces = [masked[a:b] for a, b in zip([0, *cuts], [*cuts, len(masked)], strict=True)]
    assert "".join(map(stream.piece, pieces)) + stream.rest() == " ".join(parts)


def test_equal_values_have_equal_placeholders_over_a_whole_request() -> None:
    picture = MediaPart("image/png", b"a@b.example")
    request = Request(
        (
            system("Answer a@b.example."),
            Message("user", (TextPart("From a@b.example to c@d.example"), picture)),
            Message("assistant", (TextPart(""),), (ToolCall("1", "send", '{"to": "c@d.example"}'),)),
        )
    )
    sent, masks = mask_request(request, ["email"])
    assert text_of(sent.messages[0]) == "Answer [EMAIL_1]."
    assert text_of(sent.messages[1]) == "From [EMAIL_1] to [EMAIL_2]"
    assert sent.messages[1].parts[1] is picture
    assert sent.messages[2].tool_calls[0].arguments == '{"to": "[EMAIL_2]"}'
    assert masks.count == 2
    reply = Restore(masks.values).reply(Reply("[EMAIL_2] [EMAIL_3]", Usage()))
    assert reply.text == "c@d.example [EMAIL_3]"


def test_a_request_without_kinds_is_left_alone() -> None:
    request = Request((user("a@b.example"),))
    assert mask_request(request, ())[0] is request


def test_values_come_back_as_json_strings_where_the_answer_is_json() -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
    sent, masks = mask_request(Request((user(f"Quote: {pem}"),)), KINDS)
    assert pem not in text_of(sent.messages[0])
    reply = Restore(masks.values).reply(Reply('{"quote": "[KEY_1]"}', Usage()), in_json=True)
    assert reply.text == '{"quote": "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----"}'


def test_pieces_hold_no_more_than_they_must() -> None:
    sent, masks = mask_request(Request((user("a@b.example"),)), KINDS)
    assert text_of(sent.messages[0]) == "[EMAIL_1]"
    stream = Restore(masks.values)
    given_out = [stream.piece(t) for t in ("Hi [", "EMA", "IL_1", "]!", " [x")]
    assert (given_out, stream.rest()) == (["Hi ", "", "", "a@b.example!", " [x"], "")


HOSTILE = {
    "one letter": "a" * 50_000, "at signs": "a@" * 25_000, "dots": "a@" + "b." * 25_000, "digits": "1" * 50_000,
    "spaced digits": "4 " * 25_000, "colons": "1:" * 25_000, "plus": "+1" * 25_000, "brackets": "(" * 50_000,
    "groups": "01 " * 17_000, "keys": "sk-" * 17_000, "begins": "-----BEGIN PRIVATE KEY-----" * 1_900, "logins": "://a:" * 10_000,
    "cues": "tel " * 12_500, "ibans": "DE89 " * 10_000, "blanks": " " * 50_000, "words": ("aB3d" * 8 + " ") * 1_500,
    "hidden": "0123456789a@b.co " * 3_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_makes_the_search_run_away(name: str) -> None:
    """A pattern that goes back and forth would take hours here; bench/personal.py tells the times."""
    text = HOSTILE[name]
    found = find(text)
    assert all(0 <= f.start < f.end <= len(text) for f in found)


def test_ordinary_text_of_fifty_thousand_characters() -> None:
    words = ["the", "bank", "account 12", "2024-01-31", "refund", "please", "order 1234567", "and", "me:", "at 12:30,"]
    rng = random.Random(1)
    text = " ".join(rng.choice(words) for _ in range(9_000))[:50_000]
    assert find(text) == []
