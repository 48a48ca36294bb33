"""What answers: a model, in a mode, from a knowledge base or from none, asked by a prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from studio.answering.modes import MODES
from studio.answering.modes.base import Mode, Prompt
from studio.core.choice import Options
from studio.core.records import DEFAULT_TOP_K, Request, Retrieval, Sampling

T = TypeVar("T")


@dataclass(frozen=True)
class Target:
    """A model, and the knowledge base it answers from, if any."""

    model: str
    knowledge: str = ""

    @property
    def id(self) -> str:
        """The name that the endpoint knows it by: `NAME`, or `NAME@KNOWLEDGE`."""
        return f"{self.model}@{self.knowledge}" if self.knowledge else self.model


@dataclass(frozen=True)
class System(Generic[T]):
    """One system under test, or in use: all that an answer depends on beside the question and its sampling.

    Args:
        model: what the model is called.
        prompt: makes a prompt of what is asked: a question of an exam, the turns of a chat.
        mode: the name of the way it is asked: `direct` loads the model, `api` asks for it over HTTP, `rag` with
            passages of the knowledge base.
        knowledge: the knowledge base; empty in a mode that retrieves nothing.
        top_k: most passages for one question.
        place: the recipe's field that names the model, where one does: `models.0`.
        options: the mode's own.
    """

    model: str
    prompt: Callable[[T], Prompt]
    mode: str = "api"
    knowledge: str = ""
    top_k: int = DEFAULT_TOP_K
    place: str = ""
    options: Options = field(default_factory=Options)

    @classmethod
    def served(
        cls, model: str, prompt: Callable[[T], Prompt], knowledge: str = "", top_k: int = DEFAULT_TOP_K
    ) -> System[T]:
        """Return what the gateway answers with: passages where there is a knowledge base."""
        return cls(model, prompt, "rag" if knowledge else "api", knowledge, top_k)

    @property
    def name(self) -> str:
        """What journals and reports call it."""
        return f"{self.model}:{self.mode}"

    @cached_property  # asked with every question, and a look-up reads a folder
    def asked(self) -> Mode:
        """How its model is asked."""
        return MODES.load(self.mode)

    @property
    def target(self) -> Target:
        return Target(self.model, self.knowledge)

    def request(self, asked: T, sampling: Sampling) -> Request:
        """Return the request that asks it."""
        prompt, mode = self.prompt(asked), self.asked
        retrieval = Retrieval(prompt.query, self.top_k) if mode.retrieves else None
        return mode.request(prompt, sampling, retrieval, self.options)
