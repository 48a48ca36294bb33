"""mistral: what is asked stands between `[INST]` and `[/INST]`, as Mistral 7B has it; the tokenizer's own end ends a turn."""

from __future__ import annotations

from studio.core.text import Text
from studio.models.templates.base import NamedTemplate

_SOURCE = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set turns = messages[1:] %}"
    "{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{% for message in turns %}{% if message['role'] == 'assistant' %} {{ message['content'] }}{{ eos_token }}"
    "{% else %}[INST] {% if loop.first and system %}{{ system }}\n\n{% endif %}{{ message['content'] }} [/INST]{% endif %}"
    "{% endfor %}"
)

TEMPLATE = NamedTemplate(Text("Mistral", "Mistral"), _SOURCE)
