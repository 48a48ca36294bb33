"""Requests: known fields are strict, each refusal names its field, unknown fields pass. Deltas: what is written is read back."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import UnavailableError
from studio.core.records import Delta, Message, Passage, Request, Retrieval, Sampling, Usage
from studio.openai.body import json_bytes
from studio.openai.chat import ChatRequest, read_chat, write_chat
from studio.openai.delta_reader import DeltaReader
from studio.openai.errors import ApiError
from studio.openai.reply import Reply
from studio.openai.sse import EventReader

ASK = [{"role": "user", "content": "ping"}]


def ask(**fields: Any) -> ChatRequest:
    return read_chat({"messages": ASK, **fields})


def test_what_dify_sends_is_taken() -> None:
    asked = ask(
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
    request = asked.request(max_tokens=100)
    assert request == Request((Message(role="user", content="ping"),), Sampling(5))
    assert (asked.model, asked.stream, asked.include_usage) == ("m", True, True)


def test_nulls_mean_defaults() -> None:
    names = [name for name in ChatRequest.model_fields if name != "messages"]
    asked = ask(**dict.fromkeys(names))
    assert (asked.model or "", asked.stream or False) == ("", False)
    assert asked.request(max_tokens=100) == ask().request(max_tokens=100)
    assert ask().request(max_tokens=100) == Request((Message(role="user", content="ping"),), Sampling(100), whole=True)


def test_content_parts_roles_and_stop() -> None:
    parts = [{"type": "text", "text": "肝素"}, {"type": "text", "text": "过量"}]
    request = read_chat(
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
    ).request(max_tokens=100)
    assert [(turn.role, turn.content) for turn in request.messages] == [
        ("system", "Be brief."),
        ("assistant", ""),
        ("user", "肝素过量"),
    ]
    assert request.sampling == Sampling(7, stop=("END",))
    assert ask(stop=["a", "", "b"]).request(1).sampling.stop == ("a", "b")


def test_a_request_that_is_written_is_read_back() -> None:
    messages = (Message(role="system", content="s"), Message(role="user", content="u"))
    sampling = Sampling(7, temperature=0.5, top_p=0.9, stop=("a", "b"), seed=3)
    for request in (
        Request(messages, sampling, choices=3, retrieval=Retrieval("heparin", 2)),
        Request(messages, Sampling(7), retrieval=Retrieval()),
        Request(messages, Sampling(7)),
    ):
        asked = read_chat(write_chat(request, "m"))
        assert asked.request(max_tokens=100) == request
        assert (asked.model, asked.stream, asked.include_usage) == ("m", True, True)


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
    assert ask(tools=[{"type": "function"}], tool_choice="none").tools


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ChatRequest.model_fields)), JSON, max_size=4), st.booleans())
def test_whatever_comes_is_taken_or_refused_with_a_400(fields: dict[str, Any], sound: bool) -> None:
    try:
        read_chat({**fields, "messages": ASK} if sound else fields)
    except ApiError as error:
        assert error.status == 400
        assert set(error.body()["error"]) == {"message", "type", "param", "code"}  # type: ignore[call-overload]


PASSAGES = (Passage(id="p1", content="c\u2028c", title="t", source="s.md", score=0.5),)
SAID = [
    Delta("a\nb\rc\x85d\u2028e 肝素", passages=PASSAGES),
    Delta('"\\"', index=1),
    Delta("", "stop", Usage(prompt_tokens=3, completion_tokens=5), PASSAGES),
    Delta("!", "length", Usage(prompt_tokens=3, completion_tokens=2), PASSAGES, index=1),
]


@pytest.mark.parametrize("model", ["m", "", 'a"b""c'])
def test_frames_are_read_back(model: str) -> None:
    reply = Reply(model, choices=2, cited=True, include_usage=True)
    sent = b"".join(map(reply.frames, SAID)) + reply.end()
    assert sent.endswith(b"\n\ndata: [DONE]\n\n")
    assert all(len(frame.decode().splitlines()) == 1 for frame in sent.split(b"\n\n")[:-1])
    chunks = [json.loads(frame.removeprefix(b"data: ")) for frame in sent.split(b"\n\n")[:-2]]
    assert {(chunk["id"], chunk["created"], chunk["object"], chunk["model"]) for chunk in chunks} == {
        (chunks[0]["id"], chunks[0]["created"], "chat.completion.chunk", model)
    }
    assert [chunk.get("citations") is not None for chunk in chunks] == [
        True,
        True,
        False,
        False,
        True,
        False,
        True,
        False,
    ]

    events, reader = EventReader(), DeltaReader("http://there", choices=2)
    read: list[Delta] = []
    for place in range(0, len(sent), 7):
        for event in events.read(sent[place : place + 7]):
            read += reader.read(event)
    read += reader.last()
    assert [(delta.index, delta.text) for delta in read] == [
        (0, SAID[0].text),
        (1, SAID[1].text),
        (1, "!"),
        (0, ""),
        (1, ""),
    ]
    first, second = read[-2:]
    assert (first.finish_reason, second.finish_reason) == ("stop", "length")
    assert first.usage == Usage(prompt_tokens=3, completion_tokens=7)
    assert first.passages == second.passages == PASSAGES


async def test_a_whole_answer_says_what_its_frames_do() -> None:
    async def deltas() -> AsyncGenerator[Delta, None]:
        for delta in SAID:
            yield delta

    document = await Reply("m", choices=2, cited=True).whole(deltas())
    assert [choice["message"]["content"] for choice in document["choices"]] == [SAID[0].text, SAID[1].text + "!"]
    assert [choice["finish_reason"] for choice in document["choices"]] == ["stop", "length"]
    assert document["usage"] == {"prompt_tokens": 3, "completion_tokens": 7, "total_tokens": 10}
    assert document["citations"][0]["passage_id"] == "p1"


def test_no_line_end_is_left_in_a_frame() -> None:
    text = "a\nb\rc\x85d\u2028e\u2029f\x0bg\x0ch\x1ci 肝素 \ud800"
    data = json_bytes({"text": text})
    assert len(data.decode().splitlines()) == 1
    assert json.loads(data)["text"] == text.replace("\ud800", "?")
    assert "肝素".encode() in data


@pytest.mark.parametrize(
    "event",
    [
        "no json",
        "[1]",
        '{"choices": 5}',
        '{"choices": ["text"]}',
        '{"choices": [{"delta": "text"}]}',
        '{"choices": [{"delta": {"content": 5}}]}',
        '{"choices": [{"index": "first", "delta": {}}]}',
        '{"choices": [{"index": 7, "delta": {"content": "a"}}]}',
        '{"usage": {"prompt_tokens": "many"}}',
        '{"usage": {"prompt_tokens": 1e999}}',
        '{"citations": [5]}',
        '{"citations": [{"score": "high"}]}',
    ],
)
def test_what_is_no_chunk_is_named_with_its_place(event: str) -> None:
    with pytest.raises(UnavailableError, match="http://there: the answer broke off"):
        DeltaReader("http://there").read(event)
