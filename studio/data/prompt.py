"""The one place where prompts are worded: training, evaluation and serving use the same.

A model that was trained on one wording and asked in another looks as if it had learned nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from studio.core.records import Message, Passage
from studio.core.text import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from studio.data.records.question import Question

AnswerStyle = Literal["letter", "letter_text", "explanation_first"]
"""How a multiple-choice question is answered: by the letter alone, by letter and text, or by its explanation and then both."""

_TELLING = 4000  # characters that a text's language is told by
_PASSAGES = Text("Passages:", "参考资料：")
_QUESTION = Text("Question:", "问题：")
_READ = Text(
    "Answer from the passages if they say it.",
    "资料中有答案时，请根据资料回答。",
)
_CHOOSE = Text("Answer with the letter of the right option.", "请回答正确选项的字母。")
_AND = Text(", ", "、")
_THEREFORE = Text("Therefore, the answer is ", "故选")
_CHOOSE_SEVERAL = Text("Answer with the letters of all right options.", "请回答所有正确选项的字母。")


def wording_language(text: str) -> Language:
    """Return `zh` where a fifth or more of the letters are Chinese characters, else `en`.

    >>> wording_language("肝素过量用什么拮抗？"), wording_language("What reverses heparin?")
    ('zh', 'en')
    """
    letters = [character for character in text[:_TELLING] if character.isalpha()]
    chinese = sum("CJK" in unicodedata.name(character, "") for character in letters)
    return "zh" if letters and chinese * 5 >= len(letters) else "en"


def with_passages(text: str, passages: Sequence[Passage]) -> str:
    """Return a user's text with numbered passages in front; the text itself where there are none."""
    if not passages:
        return text
    language = wording_language(text)
    blocks = [
        f"[{number}] {f'{passage.title}: ' if passage.title else ''}{passage.content}"
        for number, passage in enumerate(passages, 1)
    ]
    return "\n".join(
        [_PASSAGES.to(language), *blocks, "", f"{_QUESTION.to(language)} {text}".strip(), _READ.to(language)]
    )


def ask(question: Question) -> list[Message]:
    """Return the prompt of a question: its system prompt, its stem, its options, and its own contexts as passages [1], [2] …."""
    language = wording_language(question.stem)
    lines = [question.stem.strip()]
    if question.is_choice:
        lines += [f"{letter}. {text}" for letter, text in question.options.items()]
        lines.append((_CHOOSE_SEVERAL if len(question.gold) > 1 else _CHOOSE).to(language))
    passages = [Passage(id=question.id, content=context, source="") for context in question.contexts]
    system = [Message(role="system", content=question.system)] if question.system else []
    return [*system, Message(role="user", content=with_passages("\n".join(lines), passages))]


def without_request(text: str) -> str | None:
    """Return options as they stand in a prompt of ours without the line below them that asks for a letter; None elsewhere.

    >>> without_request("A. aspirin\nB. heparin\nAnswer with the letter of the right option.")
    'A. aspirin\nB. heparin'
    """
    options, _, last = text.rpartition("\n")
    asked = (request.to(language) for request in (_CHOOSE, _CHOOSE_SEVERAL) for language in LANGUAGES)
    return options if last in asked else None


def is_with_passages(text: str) -> bool:
    """Tell whether a text is a prompt of ours that begins with passages."""
    return text.startswith(tuple(f"{_PASSAGES.to(language)}\n[1] " for language in LANGUAGES))


def reply(question: Question, style: AnswerStyle = "letter_text") -> str:
    """Return what a model is trained to answer: the right option in a style, or the gold answer of an open question.

    Several right options: their letters on the first line, which is what the prompt asks for and what a token limit
    leaves whole; then their texts. Without that line a choice of all options would look like the list said over again.
    Where there is no explanation to begin with, the letter does.
    """
    if not question.is_choice:
        return question.gold
    language = wording_language(question.stem)
    letters = _AND.to(language).join(question.gold)
    if style == "letter":
        return letters
    texts = [f"{letter}. {question.options[letter]}" for letter in question.gold]
    chosen = texts[0] if len(texts) == 1 else "\n".join([letters, *texts])
    explanation = question.explanation.strip()
    if style == "letter_text" or not explanation:
        return chosen
    return f"{explanation}\n\n{_THEREFORE.to(language)}{chosen}"
