"""The one place where prompts are worded: training, evaluation and serving use the same.

A model that was trained on one wording and asked in another looks as if it had learned nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.core.records import Message, Passage
from studio.core.text import Language, Text

if TYPE_CHECKING:
    from studio.data.records.question import Question

_TELLING = 4000  # characters that a text's language is told by
_PASSAGES = Text("Passages:", "参考资料：")
_QUESTION = Text("Question:", "问题：")
_READ = Text(
    "Answer from the passages if they say it.",
    "资料中有答案时，请根据资料回答。",
)
_CHOOSE = Text("Answer with the letter of the right option.", "请回答正确选项的字母。")
_CHOOSE_SEVERAL = Text("Answer with the letters of all right options.", "请回答所有正确选项的字母。")


def language_of(text: str) -> Language:
    """Return `zh` where a fifth or more of the letters are Chinese characters, else `en`.

    >>> language_of("肝素过量用什么拮抗？"), language_of("What reverses heparin?")
    ('zh', 'en')
    """
    letters = [character for character in text[:_TELLING] if character.isalpha()]
    chinese = sum("CJK" in unicodedata.name(character, "") for character in letters)
    return "zh" if letters and chinese * 5 >= len(letters) else "en"


def with_passages(text: str, passages: Sequence[Passage]) -> str:
    """Return a user's text with numbered passages in front; the text itself where there are none."""
    if not passages:
        return text
    language = language_of(text)
    blocks = [
        f"[{number}] {f'{passage.title}: ' if passage.title else ''}{passage.content}"
        for number, passage in enumerate(passages, 1)
    ]
    return "\n".join(
        [_PASSAGES.to(language), *blocks, "", f"{_QUESTION.to(language)} {text}".strip(), _READ.to(language)]
    )


def ask(question: Question) -> list[Message]:
    """Return the prompt of a question: its stem, its options, and its own contexts as passages [1], [2] …."""
    language = language_of(question.stem)
    lines = [question.stem.strip()]
    if question.is_choice:
        lines += [f"{letter}. {text}" for letter, text in question.options.items()]
        lines.append((_CHOOSE_SEVERAL if len(question.gold) > 1 else _CHOOSE).to(language))
    passages = [Passage(id=question.id, content=context, source="") for context in question.contexts]
    return [Message(role="user", content=with_passages("\n".join(lines), passages))]


def reply(question: Question) -> str:
    """Return what a model is trained to answer: letter and text of the right option, or the gold answer.

    Several right options: their letters on the first line, which is what the prompt asks for and what a token limit
    leaves whole; then their texts. Without that line a choice of all options would look like the list said over again.
    """
    if not question.is_choice:
        return question.gold
    texts = [f"{letter}. {question.options[letter]}" for letter in question.gold]
    if len(texts) == 1:
        return texts[0]
    letters = Text(", ", "、").to(language_of(question.stem)).join(question.gold)
    return "\n".join([letters, *texts])
