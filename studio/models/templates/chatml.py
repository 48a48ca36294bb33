"""chatml: turns between `<|im_start|>` and `<|im_end|>`, as most Chinese models have them."""

from __future__ import annotations

from studio.core.text import Text
from studio.models.templates.base import NamedTemplate

_SOURCE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

TEMPLATE = NamedTemplate(Text("ChatML", "ChatML"), _SOURCE, ("<|im_start|>", "<|im_end|>"))
