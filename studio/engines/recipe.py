"""What an engine serves, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.choice import Choice, Chosen
from studio.core.errors import Fault
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.engines.backends import BACKENDS
from studio.engines.base import DEFAULT_CONTEXT


class ServeRecipe(Recipe):
    """Keep a model, or a knowledge base, in memory and answer."""

    kind: Literal["serve"] = "serve"
    model: str = option(
        "",
        label=Text("Model", "模型"),
        help=Text(
            "The model to serve; leave empty to serve a knowledge base.", "要提供服务的模型；若要提供知识库则留空。"
        ),
        refers="model",
    )
    knowledge: str = option(
        "",
        label=Text("Knowledge base", "知识库"),
        help=Text(
            "The knowledge base to serve; leave empty to serve a model.", "要提供服务的知识库；若要提供模型则留空。"
        ),
        refers="knowledge",
    )
    engine: Annotated[Chosen, Choice(BACKENDS)] = option(
        "local", label=Text("Engine", "引擎"), help=Text("What runs the model.", "用什么运行模型。"), advanced=True
    )
    idle_minutes: float | None = option(
        None,
        label=Text("End when idle", "空闲后结束"),
        help=Text(
            "Minutes without a request after which it ends; empty keeps it up.",
            "连续多少分钟没有请求后结束；留空则一直运行。",
        ),
        gt=0,
    )
    max_context: int = option(
        DEFAULT_CONTEXT,
        label=Text("Longest context", "最长上下文"),
        help=Text(
            "Tokens of prompt and answer together, at most what the model was made for.",
            "提问与回答合计的 token 上限，不超过模型本身的上限。",
        ),
        ge=64,
        advanced=True,
    )

    def conflicts(self) -> list[Fault]:
        """Return more or less than one thing to serve."""
        return one_of_two(self.model, self.knowledge)


def one_of_two(model: str, knowledge: str) -> list[Fault]:
    """Return a fault unless exactly one of a model and a knowledge base is named."""
    if bool(model) != bool(knowledge):
        return []
    message = Text("give a model or a knowledge base, one of the two", "请填写模型或知识库，二者选一")
    return [Fault("knowledge" if knowledge else "model", message)]
