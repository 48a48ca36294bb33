"""rag: over HTTP, with passages from a knowledge base (Lewis et al. 2020, arXiv:2005.11401)."""

from __future__ import annotations

from studio.answering.modes.base import Mode, Prompt
from studio.core.choice import Options
from studio.core.records import Request, Retrieval, Sampling
from studio.core.text import Text


def request(prompt: Prompt, sampling: Sampling, retrieval: Retrieval | None, _options: Options) -> Request:
    """Ask with what the knowledge base has on it."""
    return Request(tuple(prompt.messages), sampling, retrieval=retrieval)


MODE = Mode(
    Text("With retrieval (rag)", "检索增强（rag）"),
    Text("Over HTTP, with passages from the knowledge base.", "通过 HTTP 接口，并附知识库段落。"),
    order=20,
    asks=Text("What retrieval changed", "检索带来的变化"),
    against=Text(
        "{a} with passages against without ({mode} against {other})", "{a} 有检索段落与没有相比（{mode} 对比 {other}）"
    ),
    request=request,
    retrieves=True,
    colour="#b3701a",
)
