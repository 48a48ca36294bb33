"""`NAME@KNOWLEDGE`: answers from passages, with the passages beside them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import openai
import pytest
from openai import OpenAI

from studio.api import keys
from studio.core.workspace import Workspace
from studio.knowledge.recipe import KnowledgeRecipe
from studio.runs import launch
from studio.runs.view import view

pytestmark = pytest.mark.real
Serve = Callable[..., AbstractContextManager[str]]
ASK = [{"role": "user", "content": "What reverses heparin?"}]
FACTS = """# Antidotes
## Heparin
Protamine sulfate reverses heparin. It is given slowly into a vein.

## Warfarin
Vitamin K reverses warfarin within hours.

## Opioids
Naloxone reverses an overdose of opioids.
"""


def build(workspace: Workspace, name: str) -> None:
    recipe = KnowledgeRecipe(name=name, sources=["uploads/antidotes.md"], chunk_tokens=32, overlap_tokens=0)
    run = launch.start(workspace, recipe)
    while run.active():
        time.sleep(0.1)
    assert run.status() == "finished", view(run).error or run.log_file.read_text()


@pytest.fixture(scope="module")
def url(live: str, serve: Serve, stocked: Workspace, minilm: Path) -> Iterator[str]:
    """An endpoint beside whose model there are two knowledge bases."""
    (stocked.models / minilm.name).symlink_to(minilm)
    (stocked.uploads / "antidotes.md").write_text(FACTS)
    build(stocked, "antidotes")
    build(stocked, "other")
    yield live
    for run in stocked.runs.glob("*-knowledge-*"):
        (run / "result.json").unlink()  # no finished knowledge base is left for the tests of other modules


@pytest.fixture
def client(url: str) -> OpenAI:
    return OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=120)


def test_models_are_listed_with_each_knowledge_base(client: OpenAI) -> None:
    listed = {model.id for model in client.models.list()}
    assert listed == {"tiny", "tiny@antidotes", "tiny@other"}
    assert client.models.retrieve("tiny@antidotes").id == "tiny@antidotes"
    with pytest.raises(openai.NotFoundError, match="antidotes"):
        client.models.retrieve("tiny@nothing")


def test_an_answer_cites_its_passages(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="tiny@antidotes", messages=ASK, max_tokens=4)
    bare = client.chat.completions.create(model="tiny", messages=ASK, max_tokens=4)
    assert answer.model == "tiny@antidotes"
    cited = answer.model_dump()["citations"]
    assert [citation["index"] for citation in cited] == list(range(1, len(cited) + 1))
    assert "Protamine" in cited[0]["content"]
    assert cited[0]["source"] == "antidotes.md"
    assert set(cited[0]) == {"index", "passage_id", "source", "title", "content", "score"}
    scores = [citation["score"] for citation in cited]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert answer.usage is not None and bare.usage is not None
    assert answer.usage.prompt_tokens > bare.usage.prompt_tokens + 20, "the passages must be in the prompt"


def test_a_stream_cites_at_its_beginning_and_its_end(client: OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="tiny@antidotes", messages=ASK, max_tokens=4, stream=True))
    cited = [chunk.model_dump().get("citations") for chunk in chunks]
    assert cited[0] and cited[0] == cited[-1]
    assert set(map(str, cited[1:-1])) <= {"None"}
    assert chunks[-1].choices[0].finish_reason


def test_the_search_can_be_told_what_to_look_for(client: OpenAI) -> None:
    def first(query: str) -> str:
        answer = client.chat.completions.create(
            model="tiny@antidotes", messages=ASK, max_tokens=1, extra_body={"retrieval": {"query": query, "top_k": 1}}
        )
        [citation] = answer.model_dump()["citations"]
        return str(citation["content"])

    assert "Naloxone" in first("overdose of opioids")
    assert "Vitamin K" in first("warfarin")


def test_too_many_passages_give_way_before_the_question_does(url: str, client: OpenAI) -> None:
    """The tiny model's context is 1,024 tokens: a long question leaves room for few passages, then for none."""

    def ask(model: str, words: int, most: int = 1) -> tuple[int, int]:
        asked = [{"role": "user", "content": "What reverses heparin?" + " heparin" * words}]
        body = {"model": model, "messages": asked, "max_tokens": most, "retrieval": {"query": "heparin", "top_k": 3}}
        answer = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return len(answer.json().get("citations", ())), int(answer.json()["usage"]["prompt_tokens"])

    found, with_all = ask("tiny@antidotes", 1)
    _, alone = ask("tiny", 1)
    a_word = (ask("tiny", 11)[1] - alone) // 10
    assert found == 3
    few, _ = ask("tiny@antidotes", (1023 - with_all) // a_word + 4)  # a little too much for all of them
    none, longest = ask("tiny@antidotes", (1023 - alone) // a_word)
    assert found > few > none == 0
    assert 1000 < longest < 1024
    full = (1023 - with_all) // a_word - 2
    assert ask("tiny@antidotes", full)[0] == found
    fewer, prompt = ask("tiny@antidotes", full, most=900)
    assert fewer < found, "an answer must have its room"
    assert prompt <= 1024 - 256 or fewer == 0
    with pytest.raises(openai.BadRequestError) as caught:
        huge = [{"role": "user", "content": "heparin " * 4000}]
        client.chat.completions.create(model="tiny@antidotes", messages=huge, max_tokens=1)
    assert caught.value.code == "context_length_exceeded"


def test_a_key_limited_to_a_knowledge_base(url: str, stocked: Workspace) -> None:
    secret = keys.add(stocked, "limited", ["other"])
    try:
        limited = OpenAI(base_url=f"{url}/v1", api_key=secret, max_retries=0, timeout=120)
        assert {model.id for model in limited.models.list()} == {"tiny", "tiny@other"}
        assert limited.chat.completions.create(model="tiny@other", messages=ASK, max_tokens=1).choices
        assert limited.chat.completions.create(model="tiny", messages=ASK, max_tokens=1).choices
        for refused in ("tiny@antidotes", "tiny@never-heard-of"):
            with pytest.raises(openai.PermissionDeniedError) as caught:
                limited.chat.completions.create(model=refused, messages=ASK, max_tokens=1)
            assert caught.value.code == "knowledge_not_allowed"
    finally:
        keys.revoke(stocked, "limited")
