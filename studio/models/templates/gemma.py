"""gemma: turns between `<start_of_turn>` and `<end_of_turn>`, as Gemma has them; a system prompt begins the first one."""

from __future__ import annotations

from studio.core.text import Text
from studio.models.templates.base import NamedTemplate

_SOURCE = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set turns = messages[1:] %}"
    "{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{% for message in turns %}<start_of_turn>{{ 'model' if message['role'] == 'assistant' else message['role'] }}\n"
    "{% if loop.first and system %}{{ system }}\n\n{% endif %}{{ message['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)

TEMPLATE = NamedTemplate(Text("Gemma", "Gemma"), _SOURCE, ("<start_of_turn>", "<end_of_turn>"))
