"""What trainers read, as the documents of Hugging Face TRL describe the data set types "language modeling" and "preference".

A strict reader: anything beyond the description is an error. Text only, so that content is always a string.
"""

from __future__ import annotations

import json
from typing import Any

ROLES = {"system", "developer", "user", "assistant", "tool"}


def check_messages(messages: Any) -> None:
    """A conversation, or a part of one: a list of messages that is not empty."""
    assert isinstance(messages, list), messages
    assert messages, "a list of messages must not be empty"
    for place, message in enumerate(messages):
        assert isinstance(message, dict)
        assert set(message) <= {"role", "content", "tool_calls", "tool_call_id", "name"}, message
        assert message["role"] in ROLES
        assert isinstance(message["content"], str)
        assert message["role"] != "system" or place == 0, "a system prompt stands first"


def check_sft(line: bytes) -> list[dict[str, Any]]:
    """{"messages": [...]}; the assistant has the last word, and somebody asked."""
    record = json.loads(line)
    assert set(record) == {"messages"}
    check_messages(record["messages"])
    assert record["messages"][-1]["role"] == "assistant"
    assert any(m["role"] == "user" for m in record["messages"])
    return record["messages"]


def check_preference(line: bytes) -> dict[str, Any]:
    """{"prompt", "chosen", "rejected"}, all texts or all lists of messages; "margin" is a number or missing."""
    record = json.loads(line)
    assert set(record) - {"margin", "chosen_source", "rejected_source"} == {"prompt", "chosen", "rejected"}
    parts = [record[name] for name in ("prompt", "chosen", "rejected")]
    if all(isinstance(part, str) for part in parts):
        assert all(part.strip() for part in parts)
    else:
        for part in parts:
            check_messages(part)
        assert parts[0][-1]["role"] != "assistant"
        assert all(part[-1]["role"] == "assistant" for part in parts[1:])
        assert not any(m["role"] == "system" for part in parts[1:] for m in part)
    assert parts[1] != parts[2]
    assert record.get("margin") is None or isinstance(record["margin"], float)
    return record
