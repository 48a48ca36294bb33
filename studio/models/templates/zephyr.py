"""zephyr: the speaker's name on a line of its own, as Zephyr and TinyLlama have it; the tokenizer's own end ends a turn."""

from __future__ import annotations

from studio.core.text import Text
from studio.models.templates.base import NamedTemplate

_SOURCE = (
    "{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}{{ eos_token }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)

TEMPLATE = NamedTemplate(Text("Zephyr", "Zephyr"), _SOURCE)
