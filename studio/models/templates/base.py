"""What a named chat template is."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.text import Text
from studio.models.conversation_template import end_of_turn
from studio.models.tokenizer_files import TokenizerFiles


@dataclass(frozen=True)
class NamedTemplate:
    """How a conversation is written for a model that was not taught a way of its own.

    Args:
        title: what the form calls it.
        source: the template, in Jinja as transformers reads it: `messages`, `add_generation_prompt`, `bos_token`,
            `eos_token`, `raise_exception`. What the assistant says must end with a control token.
        tokens: the control tokens that it writes beside those with a name. A tokenizer must have them: a model learns
            none that is not in its vocabulary.
    """

    title: Text
    source: str
    tokens: tuple[str, ...] = ()

    def lacking(self, tokenizer: TokenizerFiles) -> list[str]:
        """Return the control tokens that a tokenizer does not have; `eos_token` where it has none to end a turn with."""
        missing = [token for token in self.tokens if token not in tokenizer.controls]
        ends = bool(missing) or end_of_turn(self.source, tokenizer.names, tokenizer.controls)
        return missing if ends else ["eos_token"]
