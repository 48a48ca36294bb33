"""llama3: turns under headers, each ended by `<|eot_id|>`, as Llama 3 has them."""

from __future__ import annotations

from studio.core.text import Text
from studio.models.templates.base import NamedTemplate

_SOURCE = (
    "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
    "{{ message['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)

TEMPLATE = NamedTemplate(
    Text("Llama 3", "Llama 3"), _SOURCE, ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
)
