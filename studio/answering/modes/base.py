"""What a mode is: how a question becomes a request, and where the request goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from studio.core.choice import Options
from studio.core.records import Message, Request, Retrieval, Sampling
from studio.core.text import Text


@dataclass(frozen=True)
class Prompt:
    """Something to be asked, as a model is asked it.

    Args:
        messages: the conversation, the question last.
        query: the words to look passages up with; None: the last message's.
    """

    messages: Sequence[Message]
    query: str | None = None


def plain(prompt: Prompt, sampling: Sampling, _retrieval: Retrieval | None, _options: Options) -> Request:
    """Ask the prompt as it is."""
    return Request(tuple(prompt.messages), sampling)


_AGAINST = Text("{a}: {mode} against {other}", "{a}：{mode} 对比 {other}")


@dataclass(frozen=True)
class Mode:
    """A way of asking a model.

    Args:
        title: what the form and the report call it.
        help: how it asks, in a sentence.
        order: its place; a report compares a mode with those before it.
        asks: what its comparisons with earlier modes tell, as a heading.
        against: one such comparison in words; holds {a} (the model), {mode} and {other}.
        request: `request(prompt, sampling, retrieval, options)` gives what is sent; `retrieval` is None in a mode that
            retrieves nothing.
        over_http: whether it asks through the endpoint, as other programs do; else the model is loaded in this process.
        retrieves: whether it needs a knowledge base.
        colour: of its marks in plots, as CSS writes it.
        options: the schema of its own options.
    """

    title: Text
    help: Text
    order: int
    asks: Text
    against: Text = _AGAINST
    request: Callable[[Prompt, Sampling, Retrieval | None, Any], Request] = plain
    over_http: bool = True
    retrieves: bool = False
    colour: str = "#7a4f9a"
    options: type[Options] = Options
