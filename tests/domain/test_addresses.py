"""Which addresses are this machine's, in every spelling that a client would follow."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.addresses import is_link_local, is_this_machine

HERE = (
    "http://localhost", "http://LOCALHOST:8080/v1", "http://localhost.", "https://llm.localhost/v1", "http://a.b.localhost:1",
    "http://127.0.0.1:11434", "http://127.8.9.10", "http://127.0.0.1.", "http://[::1]:8080/v1", "http://[0:0:0:0:0:0:0:1]",
    "http://[::ffff:127.0.0.1]:8080", "http://[::ffff:7f00:1]", "  http://127.0.0.1  ",
)  # fmt: skip
ELSEWHERE = (
    "https://api.openai.com/v1", "http://10.0.0.5:8000", "http://192.168.1.2", "http://[2001:db8::1]", "http://[::ffff:8.8.8.8]",
    "http://localhost.example.org", "http://notlocalhost", "http://127.0.0.1.example.org", "http://127.0.0.1@example.org",
    "http://0.0.0.0:8080", "http://128.0.0.1", "http://[::2]", "http://127.1", "http://2130706433", "http://[::1", "", "localhost",
)  # fmt: skip


@pytest.mark.parametrize("address", HERE)
def test_this_machine(address: str) -> None:
    assert is_this_machine(address)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_another_machine_or_no_telling(address: str) -> None:
    assert not is_this_machine(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_number_is_the_same_in_ipv6_dress(number: ipaddress.IPv4Address) -> None:
    assert is_this_machine(f"http://[::ffff:{number}]:80") == is_this_machine(f"http://{number}:80") == number.is_loopback
    assert is_link_local(f"http://[::ffff:{number}]:80") == is_link_local(f"http://{number}:80") == number.is_link_local


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert is_this_machine(text) in (True, False)
    assert is_link_local("http://" + text) in (True, False)
