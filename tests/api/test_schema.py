"""Requests: known fields are strict, each refusal names its field, unknown fields pass."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.api.errors import ApiError
from studio.api.schema import ChatRequest, read_request

ASK = [{"role": "user", "content": "ping"}]


def ask(**fields: Any) -> ChatRequest:
    return read_request({"messages": ASK, **fields})


def test_what_dify_sends_is_taken() -> None:
    request = ask(
        model="m",
        stream=True,
        temperature=0,
        top_p=1,
        max_tokens=5,
        frequency_penalty=0.0,
        presence_penalty=0,
        user="u-1",
        stop=[],
        stream_options={"include_usage": True},
        response_format={"type": "text"},
        tools=[],
        tool_choice="auto",
        enable_thinking=False,
    )
    assert (request.most_tokens, request.include_usage, request.choices, request.stop) == (5, True, 1, ())


def test_nulls_mean_defaults() -> None:
    names = [name for name in ChatRequest.model_fields if name != "messages"]
    request = ask(**dict.fromkeys(names))
    assert (request.model or "", request.stream or False, request.choices, request.stop) == ("", False, 1, ())


def test_content_parts_roles_and_stop() -> None:
    parts = [{"type": "text", "text": "肝素"}, {"type": "text", "text": "过量"}]
    request = read_request(
        {
            "messages": [
                {"role": "developer", "content": "Be brief."},
                {"role": "assistant", "content": None, "name": "x"},
                {"role": "user", "content": parts},
            ],
            "stop": "END",
            "max_tokens": 3,
            "max_completion_tokens": 7,
        }
    )
    assert [(turn.role, turn.content) for turn in request.turns()] == [
        ("system", "Be brief."),
        ("assistant", ""),
        ("user", "肝素过量"),
    ]
    assert request.stop == ("END",)
    assert request.most_tokens == 7
    assert ask(stop=["a", "", "b"]).stop == ("a", "b")


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"messages": None}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": "ping"}, "messages"),
    ({"messages": [3]}, "messages[0]"),
    ({"messages": [{"content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": ["user"], "content": "x"}]}, "messages[0].role"),
    ({"messages": [*ASK, {"role": "user"}]}, "messages[1].content"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        "messages[0].content",
    ),
    ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content"),
    ({"messages": [{"role": "assistant", "content": "", "tool_calls": [{}]}]}, "messages[0].tool_calls"),
    ({"model": 5}, "model"),
    ({"temperature": 2.1}, "temperature"),
    ({"temperature": -0.1}, "temperature"),
    ({"temperature": "hot"}, "temperature"),
    ({"temperature": True}, "temperature"),
    ({"temperature": float("inf")}, "temperature"),
    ({"top_p": 1.5}, "top_p"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"max_tokens": 1.5}, "max_tokens"),
    ({"max_completion_tokens": -1}, "max_completion_tokens"),
    ({"n": 0}, "n"),
    ({"n": 99}, "n"),
    ({"stop": 5}, "stop"),
    ({"stop": ["a"] * 5}, "stop"),
    ({"stop": [1]}, "stop"),
    ({"seed": 2**63}, "seed"),
    ({"seed": "x"}, "seed"),
    ({"stream": "yes"}, "stream"),
    ({"stream_options": []}, "stream_options"),
    ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    ({"logprobs": True}, "logprobs"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"logit_bias": {"5": 1}}, "logit_bias"),
    ({"frequency_penalty": 0.5}, "frequency_penalty"),
    ({"presence_penalty": -3}, "presence_penalty"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"response_format": 3}, "response_format"),
    ({"tools": [{"type": "function"}]}, "tools"),
    ({"functions": [{}], "function_call": "auto"}, "functions"),
    ({"retrieval": "x"}, "retrieval"),
    ({"retrieval": {"top_k": 0}}, "retrieval.top_k"),
]


@pytest.mark.parametrize(("fields", "param"), FAULTS, ids=[f"{param}-{n}" for n, (_, param) in enumerate(FAULTS)])
def test_a_fault_is_a_400_that_names_its_field(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(ApiError) as caught:
        ask(**fields)
    error = caught.value.body()["error"]
    assert isinstance(error, dict)
    assert (caught.value.status, error["param"], error["type"]) == (400, param, "invalid_request_error")
    assert error["code"]
    assert error["message"].startswith(f"{param}: ")
    assert "：" in error["message"]


def test_tools_may_be_named_and_not_chosen() -> None:
    assert ask(tools=[{"type": "function"}], tool_choice="none").choices == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ChatRequest.model_fields)), JSON, max_size=4), st.booleans())
def test_whatever_comes_is_taken_or_refused_with_a_400(fields: dict[str, Any], sound: bool) -> None:
    try:
        read_request({**fields, "messages": ASK} if sound else fields)
    except ApiError as error:
        assert error.status == 400
        assert set(error.body()["error"]) == {"message", "type", "param", "code"}  # type: ignore[call-overload]
