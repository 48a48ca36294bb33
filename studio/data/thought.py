"""A chain of thought that stands before an answer."""

from __future__ import annotations

import re

_THOUGHT = re.compile(r"\s*<(think|thinking|thought|reasoning)>(.*?)</\1>\s*", re.DOTALL | re.IGNORECASE)
_HEADED = re.compile(r"\s*## Thinking\s*\n(.*?)\n## Final Response\s*\n", re.DOTALL)


def parted(answer: str) -> tuple[str, str]:
    """Return the thought that an answer begins with, and the answer behind it.

    >>> parted("<think>Not vitamin K.</think>Protamine.")
    ('Not vitamin K.', 'Protamine.')
    >>> parted("Protamine.")
    ('', 'Protamine.')
    """
    match = _THOUGHT.match(answer)
    if match:
        return match.group(2).strip(), answer[match.end() :].strip()
    match = _HEADED.match(answer)
    return (match.group(1).strip(), answer[match.end() :].strip()) if match else ("", answer)


def joined(thought: str, answer: str) -> str:
    """Return what a model is to say: the thought as reasoning models write it, and the answer.

    >>> joined("Not vitamin K.", "Protamine.")
    '<think>\\nNot vitamin K.\\n</think>\\n\\nProtamine.'
    """
    return f"<think>\n{thought}\n</think>\n\n{answer}" if thought else answer
