"""alpaca: headings in plain words, which every vocabulary has; the tokenizer's own end ends a turn."""

from __future__ import annotations

from studio.core.text import Text
from studio.models.templates.base import NamedTemplate

_SOURCE = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set turns = messages[1:] %}"
    "{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{{ system or 'Below is an instruction that describes a task. Write a response that appropriately completes the '"
    "'request.' }}\n\n{% for message in turns %}"
    "{% if message['role'] == 'assistant' %}### Response:\n{{ message['content'] }}{{ eos_token }}\n\n"
    "{% else %}### Instruction:\n{{ message['content'] }}\n\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}### Response:\n{% endif %}"
)

TEMPLATE = NamedTemplate(Text("Alpaca", "Alpaca"), _SOURCE)
