"""The chat: a model's text is shown as text, citations open, errors are messages, and closing ends the work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradio.utils import diff

from studio.answering.gateway import Gateway
from studio.answering.system import System
from studio.core.files import write_json
from studio.core.records import Delta, Passage, Sampling, Usage
from studio.core.text import Text, both
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.ui.chat.answer import answered
from studio.ui.chat.chat_handlers import ChatHandlers
from studio.ui.chat.transcript import prose, transcript, whole
from studio.ui.chat.turns import Turn, conversation, dump, load
from studio.ui.context import Context

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"
PASSAGE = Passage(id="1", content=f"Protamine. {EVIL}", title=f"T{EVIL}", source="book.md", score=0.9)
SYSTEM = System.served("no-such-model", conversation)
SAMPLING = Sampling(16)


def html(context: Context, turns: Sequence[Turn], examples: Sequence[str] = ()) -> str:
    return whole(transcript(context, turns, examples))


def test_html_of_a_model_is_text_and_images_load_nothing() -> None:
    html = prose(f'{EVIL}\n\n![x](http://evil/x.png) [a](javascript:alert(1)) [b](https://x.org "t [1]")', 1)
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("[a](javascript:alert(1))", "")
    assert 'title="t [1]"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_numbers_become_chips_where_there_is_a_passage() -> None:
    html = prose("Yes [1], maybe [3]. `[1]`", 2)
    assert html.count('class="ref"') == 1
    assert "[3]" in html
    assert "<code>[1]</code>" in html


def test_the_transcript_escapes_everything(en: Context, zh: Context) -> None:
    turn = Turn(EVIL, EVIL, (PASSAGE,), note=both(EVIL))
    for context in (en, zh):
        shown = html(context, [turn, Turn("q", fault=both(f"{EVIL}\n{EVIL}"))])
        assert "<script" not in shown
        assert "<img" not in shown
    assert 'fetch one on <a href="#models">' in html(en, []), "there is no model to ask"
    assert "“模型”页" in html(zh, []) and "data-example" not in html(zh, [], [EVIL])
    folder = en.workspace.root / "models" / "small"
    folder.mkdir(parents=True)
    write_json(folder / "config.json", {"model_type": "llama"})
    assert "Ask a medical question" in html(en, [])
    assert EVIL not in html(zh, [], [EVIL]) and "data-example" in html(zh, [], [EVIL])


def test_of_an_answer_that_grows_only_what_is_new_is_sent(en: Context) -> None:
    told = [Turn("first", "An earlier answer. " * 20, (PASSAGE,)), Turn("q", "", (PASSAGE,), busy=True)]
    words = ["Give ", "**protamine** ", "slowly [1], ", "and ", "watch.\n\n", "- one\n", "- two & three\n"] * 30
    shown, sent, answer = transcript(en, told), 0, ""
    for word in words:
        answer += word
        grown = transcript(en, [told[0], replace(told[1], answer=answer)])
        edits = diff(shown, grown)
        sent += len(json.dumps(edits))
        shown = grown
    assert whole(shown) == html(en, [told[0], replace(told[1], answer=answer)])
    assert sent < 400 * len(words), "the text that has come is sent with each word once more"


def test_a_conversation_survives_the_browser_and_an_older_studio() -> None:
    turns = [Turn("q", "a", (PASSAGE,), both("m"), busy=True)]
    assert load(dump(turns)) == [Turn("q", "a", (PASSAGE,), both("m"))]
    assert load([{"unknown": 1}, None, "x", {"question": "q"}]) == [Turn("q")]
    assert load(None) == []


def test_a_stored_error_speaks_the_language_of_the_page_that_shows_it(en: Context, zh: Context) -> None:
    turns = load(dump([Turn("q", fault=Text("too long\nshorten it", "太长\n请缩短"))]))
    assert "too long" in html(en, turns)
    assert "太长" in html(zh, turns)
    older = load([{"question": "q", "fault": "old words"}])
    assert "old words" in html(zh, older)


def test_what_failed_is_not_told_to_the_model() -> None:
    turns = [Turn("one", "1"), Turn("two", fault=both("no")), Turn("three")]
    assert [message.content for message in conversation(turns).messages] == ["one", "1", "three"]


async def test_an_unknown_model_is_a_message_with_its_hint(workspace: Workspace) -> None:
    seen = [turn async for turn in answered(Gateway(workspace), [Turn("问题")], SYSTEM, SAMPLING)]
    assert seen[-1].fault.en
    assert not seen[-1].busy


class Slow(Gateway):
    """A gateway whose engine answers word by word."""

    closed = False

    async def stream(self, model: Any, request: Any) -> AsyncGenerator[Delta]:
        try:
            for word in ("Protamine", " reverses", " heparin", " [1]."):
                await asyncio.sleep(0.05)
                yield Delta(word, passages=(PASSAGE,))
            yield Delta(finish_reason="length", usage=Usage(prompt_tokens=3, completion_tokens=4), passages=(PASSAGE,))
        finally:
            self.closed = True


async def test_an_answer_grows_and_ends_with_its_passages(workspace: Workspace) -> None:
    seen = [turn async for turn in answered(Slow(workspace), [Turn("q")], SYSTEM, SAMPLING)]
    assert seen[-1].answer == "Protamine reverses heparin [1]."
    assert seen[-1].passages == (PASSAGE,)
    assert "4 tokens" in seen[-1].note.en
    assert "回答被截断" in seen[-1].note.zh
    assert not seen[-1].busy


async def test_closing_the_answer_closes_the_gateway(workspace: Workspace) -> None:
    gateway = Slow(workspace)
    answers = answered(gateway, [Turn("q")], SYSTEM, SAMPLING)
    await anext(answers)
    await answers.aclose()
    assert gateway.closed


class Unfounded(Gateway):
    """A gateway whose knowledge base finds nothing."""

    async def stream(self, model: Any, request: Any) -> AsyncGenerator[Delta]:
        yield Delta("Dantrolene.", finish_reason="stop")


async def told(context: Context, question: str, knowledge: str) -> list[Turn]:
    """Return the conversation after a question."""
    handlers = ChatHandlers(context, Unfounded(context.workspace))
    last = [seen async for seen in handlers.ask(question, [], "m", knowledge, 0.0, 16, 4)][-1]
    return load(last[2])


async def test_an_answer_without_a_passage_says_so(
    workspace: Workspace, en: Context, zh: Context, new_run: Callable[..., Run], tmp_path: Path
) -> None:
    turns = await told(en, "What reverses heparin?", "base")
    assert "this answer has no source" in html(en, turns)
    assert "reads English only" not in html(en, turns)
    run = new_run("knowledge", name="base", sources=["a.md"], embedder="e")
    (tmp_path / "vocab.txt").write_text("heparin\n人\n", encoding="utf-8")
    (run.path / "knowledge").mkdir()
    write_json(run.path / "knowledge" / "manifest.json", {"embedder": {"path": str(tmp_path)}})
    write_json(run.result_file, {"status": "finished", "outputs": {"knowledge": "knowledge"}})
    assert "这个知识库的向量模型只支持英文" in html(zh, await told(zh, "用什么药物逆转肝素的作用？", "base"))
    assert not (await told(zh, "q", ""))[-1].warning.en


async def test_what_stands_beside_the_talk_and_the_question_under_way_are_kept(
    workspace: Workspace, en: Context, new_run: Callable[..., Run]
) -> None:
    for name in ("older", "base"):
        run = new_run("knowledge", name=name, sources=["a.md"], embedder="e")
        write_json(run.result_file, {"status": "finished", "outputs": {}})
    handlers = ChatHandlers(en, Unfounded(workspace))
    first = await anext(handlers.ask("q", [], "m", "base", 0.5, 32, 3))
    memory, side = first[5:]
    assert load(memory)[-1].question == "q"
    assert "the page was left" in html(en, load(memory))
    restored = handlers.restore(memory, side)
    assert [restored[3]["value"], *restored[4:]] == ["base", 0.5, 32, 3]
    assert handlers.restore([], [])[3]["value"] in ("base", "older")
    assert handlers.restore([], ["m", "gone", 0, 32, 3])[3]["value"] == ""


def test_what_nobody_has_chosen_follows_what_is_made_and_a_link_chooses_once(
    workspace: Workspace, en: Context, new_run: Callable[..., Run]
) -> None:
    handlers = ChatHandlers(en, Unfounded(workspace))
    untouched: tuple[Any, ...] = ([], None, "", 0, 256, 4)

    def chosen(wish: str, side: Any, *values: Any) -> tuple[Any, ...]:
        model, knowledge, _, *kept = handlers.follow(wish, [], side, *values)
        return (model["value"], knowledge["value"], *kept)

    assert chosen("", *untouched)[:2] == (None, "")
    run = new_run("knowledge", name="base", sources=["a.md"], embedder="e")
    write_json(run.result_file, {"status": "finished", "outputs": {}})
    assert chosen("", *untouched)[1] == "base", "a base that was made while the page was open"
    assert chosen("", ["m", "", 0, 256, 4], "m", "", 0, 256, 4)[:2] == ("m", ""), "none was chosen by hand"
    assert chosen("model:m2+knowledge:base#1", *untouched) == ("m2", "base", ["m2", "base", 0, 256, 4])
