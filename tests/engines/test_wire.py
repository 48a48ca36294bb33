"""Requests read and written, and what is refused by name."""

from __future__ import annotations

import pytest

from studio.core.records import Message, Sampling
from studio.engines.wire import FieldError, Reply, frame, read_call, write_call, write_error

USER = {"role": "user", "content": "ping"}


def test_what_is_written_is_read_back() -> None:
    messages = [Message(role="system", content="s"), Message(role="user", content="u")]
    sampling = Sampling(7, temperature=0.5, top_p=0.9, stop=("a", "b"), seed=3)
    call = read_call(write_call(messages, sampling, "m", {"retrieval": {"top_k": 2}}), context=100)
    assert call.messages == tuple(messages)
    assert call.sampling == sampling
    assert (call.model, call.stream, call.include_usage, call.choices) == ("m", True, True, 1)
    assert read_call(write_call(messages, Sampling(7), "", {}), 100).sampling == Sampling(7)


def test_openais_other_spellings_are_understood() -> None:
    body = {
        "messages": [
            {"role": "developer", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            USER,
        ],
        "max_completion_tokens": 9,
        "max_tokens": 5,
        "stop": "x",
        "response_format": {"type": "text"},
        "tools": [],
        "logprobs": False,
        "frequency_penalty": 0,
        "user": "u1",
        "unheard_of": {"of": 1},
    }
    call = read_call(body, 100)
    assert call.messages[0] == Message(role="system", content="ab")
    assert call.sampling == Sampling(9, stop=("x",))
    assert not call.stream
    assert read_call({"messages": [USER]}, 100).sampling.max_tokens == 100


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("messages", []),
        ("messages", "hi"),
        ("messages[0]", ["hi"]),
        ("messages[0].role", [{"role": "tool", "content": ""}]),
        ("messages[0].content", [{"role": "user", "content": [{"type": "image_url"}]}]),
        ("messages[0].content", [{"role": "user", "content": 3}]),
        ("temperature", 2.5),
        ("temperature", "hot"),
        ("temperature", True),
        ("top_p", -0.1),
        ("max_tokens", 0),
        ("max_tokens", 1.5),
        ("n", 99),
        ("seed", "x"),
        ("stop", ["a"] * 5),
        ("stop", [1]),
        ("response_format", {"type": "json_object"}),
        ("tools", [{"type": "function"}]),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("presence_penalty", 0.5),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(field: str, value: object) -> None:
    name = field.partition("[")[0]
    with pytest.raises(FieldError) as caught:
        read_call({"messages": [USER], name: value}, 100)
    status, body = write_error(caught.value)
    assert status == 400
    assert body["error"]["param"] == field
    assert body["error"]["type"] == "invalid_request_error"
    assert body["error"]["zh"]["message"]


def test_a_frame_is_one_line_whatever_it_says() -> None:
    data = frame(Reply("m").opening(0) | {"text": "a\r\nb\u2028c\x85d 好"})
    assert data.endswith(b"\n\n")
    assert len(data.decode().strip().splitlines()) == 1
    assert b"\r" not in data
