"""A conversation as HTML. A model's text is anyone's text: its HTML is shown as text, its images are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markupsafe import Markup

from studio.core.records import Passage
from studio.runs.names import model_names
from studio.ui.chat.turns import Turn
from studio.ui.context import Context
from studio.ui.html import empty, fill, join, notice

_NUMBER = re.compile(r"\[(\d{1,2})\]")
_CLOSING = re.compile(r"(?:</[a-z0-9]+>\s*)*\Z")
_PIECE = 512  # characters
_KEPT = 64  # answers: those before the one that grows stay as they are

Pieces = list[str | list[str]]
TEMPLATE = "${value.flat().join('')}"
"""How `gr.HTML` puts the pieces together."""


def transcript(context: Context, turns: Sequence[Turn], examples: Sequence[str] = ()) -> Pieces:
    """Return the whole conversation, or what stands there before it begins: a word, and questions to begin with.

    Gradio sends of a value that grows what has changed, string by string: so the HTML comes in pieces, and those of an
    answer that grows stay what they are but for the last. What follows the answer is a piece of its own.
    """
    if not turns:
        return ['<div class="talk">', str(_nothing(context, examples)), [], "</div>"]
    settled = join(_turn(context, number, turn) for number, turn in enumerate(turns[:-1]))
    before, grown, after = map(str, _parts(context, len(turns) - 1, turns[-1]))
    closing = _CLOSING.search(grown)
    body = grown[: closing.start()] if closing else grown
    pieces = [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
    return [f'<div class="talk">{settled}', before, pieces, f"{grown[len(body) :]}{after}</div>"]


def whole(pieces: Pieces) -> str:
    """Return the pieces as one HTML, as the page puts them together."""
    return "".join(piece if isinstance(piece, str) else "".join(piece) for piece in pieces)


@lru_cache(_KEPT)
def prose(text: str, passages: int) -> Markup:
    """Return a model's Markdown as HTML; `[2]` becomes a chip where there is a second passage."""
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")

    def words(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
        return _NUMBER.sub(
            lambda found: f'<a class="ref" data-ref="{found[1]}">{found[1]}</a>' if 0 < int(found[1]) <= passages else found[0],
            escapeHtml(tokens[index].content),
        )  # fmt: skip

    def link(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
        tokens[index].attrs.update({"target": "_blank", "rel": "noopener noreferrer nofollow"})
        return str(renderer.renderToken(tokens, index, options, env))

    parser.add_render_rule("text", words)
    parser.add_render_rule("link_open", link)
    return Markup(parser.render(text))


def _turn(context: Context, number: int, turn: Turn) -> Markup:
    return join(_parts(context, number, turn))


def _parts(context: Context, number: int, turn: Turn) -> tuple[Markup, Markup, Markup]:
    """Return a turn's HTML: up to its answer, the answer, and what follows it."""
    answer = prose(turn.answer, len(turn.passages)) if turn.answer else Markup()
    message, _, hint = context.plain(context.text(turn.fault)).partition("\n")
    warning, _, remedy = context.text(turn.warning).partition("\n")
    before = fill(
        '<article class="turn" data-turn="{}"><div class="asked">{}</div><div class="answered">{}',
        number,
        turn.question,
        Markup('<div class="prose">') if answer else Markup(),
    )
    after = fill(
        "{}{}{}{}{}{}</div></article>",
        Markup("</div>") if answer else Markup(),
        Markup('<span class="typing"><i></i><i></i><i></i></span>') if turn.busy else Markup(),
        notice(message, hint) if message else Markup(),
        notice(warning, remedy) if warning else Markup(),
        _passages(context, turn.passages) if turn.passages and not message else Markup(),
        fill('<div class="note">{}</div>', context.text(turn.note)) if turn.note.en else Markup(),
    )
    return before, answer, after


def _passages(context: Context, passages: Sequence[Passage]) -> Markup:
    chips = join(
        fill(
            '<details class="cite" data-number="{}"><summary><b>{}</b><span>{}</span></summary>'
            '<blockquote>{}</blockquote><footer>{} · {} {:.2f}</footer></details>',
            number, number, passage.title or passage.source, passage.content, passage.source,
            context.say("rank score", "排序得分"), passage.score,
        )
        for number, passage in enumerate(passages, 1)
    )  # fmt: skip
    return fill(
        '<div class="cites"><span>{}</span>{}</div>',
        context.say("Passages shown to the model", "提供给模型的段落"),
        chips,
    )


def _nothing(context: Context, examples: Sequence[str]) -> Markup:
    if not model_names(context.workspace):
        models = fill('<a href="#models">{}</a>', context.say("the Models tab", "“模型”页"))
        first = context.say(
            "A model answers here, and there is none yet: fetch one on {}.", "还没有可以回答的模型：请先到{}获取。"
        )
        return empty(context.say("No model yet", "还没有模型"), fill(first, models))
    buttons = join(
        fill('<button type="button" class="act" data-example="{}">{}</button>', example, example)
        for example in examples
    )
    head = empty(
        context.say("Ask a medical question", "提一个医学问题"),
        context.say(
            "Pick a model and ask. With a knowledge base, the answer shows the passages given to the model.",
            "选择模型即可提问；选了知识库，回答会附上提供给模型的段落。",
        ),
    )
    return head + fill('<div class="examples">{}</div>', buttons)
