"""The official `openai` client against the live endpoint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import openai
import pytest
from openai import OpenAI

from studio.api import keys
from studio.core.workspace import Workspace

Serve = Callable[..., AbstractContextManager[str]]
ASK = [{"role": "user", "content": "What reverses heparin?"}]


@pytest.fixture
def client(live: str) -> OpenAI:
    return OpenAI(base_url=f"{live}/v1", api_key="none", max_retries=0, timeout=120)


def test_models(client: OpenAI) -> None:
    [model] = client.models.list().data
    assert (model.id, model.object, model.owned_by) == ("tiny", "model", "medqa-studio")
    assert model.created > 1_500_000_000
    assert client.models.retrieve("tiny") == model
    for unknown in ("gpt-4", "tiny@nothing", "Qwen/Qwen2.5-0.5B-Instruct"):
        with pytest.raises(openai.NotFoundError) as caught:
            client.models.retrieve(unknown)
        assert caught.value.code == "model_not_found"
        assert "tiny" in caught.value.message or "knowledge" in caught.value.message


def test_a_whole_answer(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="tiny", messages=ASK, max_tokens=12)
    assert answer.object == "chat.completion"
    assert answer.model == "tiny"
    [choice] = answer.choices
    assert choice.message.role == "assistant"
    assert choice.message.content is not None
    assert choice.finish_reason in ("stop", "length")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert 0 < answer.usage.completion_tokens <= 12
    assert "citations" not in answer.model_dump()


def test_no_model_means_the_default(client: OpenAI) -> None:
    assert client.chat.completions.create(model="", messages=ASK, max_tokens=1).model == "tiny"


def test_a_streamed_answer_equals_the_whole_one(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="tiny", messages=ASK, max_tokens=24)
    stream = client.chat.completions.create(
        model="tiny", messages=ASK, max_tokens=24, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert len({(chunk.id, chunk.created, chunk.model, chunk.object) for chunk in chunks}) == 1
    *spoken, last = chunks
    assert last.choices == []
    assert last.usage == whole.usage
    assert spoken[0].choices[0].delta.role == "assistant"
    assert all(chunk.choices[0].delta.role is None for chunk in spoken[1:])
    assert [chunk.choices[0].finish_reason for chunk in spoken[:-1]] == [None] * (len(spoken) - 1)
    assert spoken[-1].choices[0].finish_reason == whole.choices[0].finish_reason
    text = "".join(chunk.choices[0].delta.content or "" for chunk in spoken)
    assert text == whole.choices[0].message.content
    assert len(spoken) > 3


def test_without_being_asked_a_stream_tells_no_usage(client: OpenAI) -> None:
    for chunk in client.chat.completions.create(model="tiny", messages=ASK, max_tokens=4, stream=True):
        assert chunk.choices
        assert chunk.usage is None


def test_stop_seed_n_and_both_names_of_the_limit(client: OpenAI) -> None:
    def ask(**fields: object) -> str:
        answer = client.chat.completions.create(model="tiny", messages=ASK, **fields)  # type: ignore[call-overload]
        return str(answer.choices[0].message.content)

    whole = ask(max_tokens=24)
    assert ask(max_completion_tokens=24) == whole
    assert ask(max_completion_tokens=24, max_tokens=2) == whole
    cut = whole[len(whole) // 2 : len(whole) // 2 + 2]
    assert ask(max_tokens=24, stop=cut) == whole.split(cut)[0]
    assert ask(max_tokens=24, stop=["never said by anyone", cut]) == whole.split(cut)[0]
    assert ask(max_tokens=24, temperature=0, seed=7) == whole
    drawn = [ask(max_tokens=24, temperature=1.5, seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] != drawn[2]
    several = client.chat.completions.create(model="tiny", messages=ASK, max_tokens=8, n=3, temperature=1.5, seed=1)
    assert [choice.index for choice in several.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in several.choices}) == 3
    assert several.usage is not None
    assert several.usage.completion_tokens > 8
    texts = {index: "" for index in range(3)}
    reasons: dict[int, list[str]] = {index: [] for index in range(3)}
    for chunk in client.chat.completions.create(
        model="tiny", messages=ASK, max_tokens=8, n=3, temperature=1.5, seed=1, stream=True
    ):
        [choice] = chunk.choices
        assert not reasons[choice.index], "nothing may follow a choice's finish"
        texts[choice.index] += choice.delta.content or ""
        if choice.finish_reason:
            reasons[choice.index].append(choice.finish_reason)
    assert all(len(reason) == 1 for reason in reasons.values())
    assert all(texts.values())


@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_the_clients_own_classes(client: OpenAI, stream: bool) -> None:
    def ask(**fields: object) -> openai.APIStatusError:
        with pytest.raises(openai.APIStatusError) as caught:
            given = {"model": "tiny", "messages": ASK, "stream": stream, **fields}
            client.chat.completions.create(**given)  # type: ignore[call-overload]
        return caught.value

    unknown = ask(model="gpt-4")
    assert isinstance(unknown, openai.NotFoundError)
    assert unknown.code == "model_not_found"
    hot = ask(temperature=3)
    assert isinstance(hot, openai.BadRequestError)
    assert hot.param == "temperature"
    long = ask(messages=[{"role": "user", "content": "heparin " * 3000}])
    assert isinstance(long, openai.BadRequestError)
    assert (long.code, long.param) == ("context_length_exceeded", "messages")
    assert long.request_id
    assert isinstance(ask(logprobs=True), openai.BadRequestError)
    assert isinstance(ask(tools=[{"type": "function", "function": {"name": "f"}}]), openai.BadRequestError)


def test_keys(live: str, serve: Serve, stocked: Workspace) -> None:
    with serve(token="only-here") as url:
        for wrong in ("none", "mq-wrong"):
            with pytest.raises(openai.AuthenticationError) as caught:
                OpenAI(base_url=f"{url}/v1", api_key=wrong, max_retries=0).models.list()
            assert caught.value.code == "invalid_api_key"
        good = OpenAI(base_url=f"{url}/v1", api_key="only-here", max_retries=0)
        assert good.chat.completions.create(model="tiny", messages=ASK, max_tokens=1).choices
    assert not keys.listing(stocked)


def test_overload_is_a_rate_limit_error(live: str, serve: Serve) -> None:
    with serve(max_requests=1) as url:
        client = OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=60)
        with client.chat.completions.create(model="tiny", messages=ASK, max_tokens=900, stream=True) as first:
            next(iter(first))
            for stream in (False, True):
                with pytest.raises(openai.RateLimitError) as caught:
                    client.chat.completions.create(model="tiny", messages=ASK, max_tokens=1, stream=stream)
                assert int(caught.value.response.headers["retry-after"]) >= 1
                assert caught.value.code == "rate_limit_exceeded"
