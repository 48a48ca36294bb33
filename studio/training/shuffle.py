"""The options of a question in another order, so that no letter is learned for where it stands.

What a text says of an option by its letter (`C对，B错`) has to follow. Where that is not certain the question stays as it
is: an explanation that calls the right option wrong is worse than one whose options were not shuffled.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from studio.data.records.question import Question
from studio.scoring.extraction.letters import OptionIndex

# what depends on the order by other means than letters: ranges, places, letters in other signs or in small
_BY_PLACE = re.compile(
    r"[A-Z]\s*(?:[-~～—–－]|至|到|\bto\b)\s*[A-Z](?![A-Za-z])"
    r"|[前后][一二两三四五几]个?(?:选?项|者)|第[一二三四五]个?选?项|[Ａ-Ｚａ-ｚⒶ-Ⓩⓐ-ⓩ]"
    r"|\b(?:first|second|third|fourth|fifth|last|former|latter|previous|preceding)\s(?:\w+\s)?(?:options?|choices?|answers?)\b"
)
_SMALL = re.compile(r"\b(?i:ans(?:wers?)?|options?|choices?)\b\W{0,4}(?:is\W{1,3})?[a-z]\b|[(\[‘“'\"][a-z][)\]’”'\"]")
_OTHERS = re.compile(
    r"以上|上述|前述|以下|(?:均|都|皆)(?:正确|错误|[不可有是对非])|\b(?:above|below|both|neither|all of|none of|any of)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:选|选项|答案(?:应?[是为])?\s*[:：]?|排除|\b(?:options?|choices?|answers?)(?:\sis)?\s*:?)\s*[(（\[【“\"']?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*[)）\]】”\"']?\s*(?:选?项|[错误对](?![于照合称症抗])|不?正确|错误|不[对选符]|符合|[均都皆]"
    r"|\b(?:is|are|was|were)\b|\b(?:in)?correct\b|\b(?:wrong|false|true|right)\b)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?:^|[\n。；;！!？?（(])\s*$")
_MARK = re.compile(r"\s*[.．、:：)）]")


def shuffled(question: Question, seed: int, explained: bool = True) -> Question | None:
    """Return a multiple-choice question with its options in an order of chance: the same for a seed, in every epoch.

    Args:
        explained: whether its explanation is shown, and has to follow.

    Returns:
        None where a text that is shown names options in a way that cannot be followed.
    """
    letters = list(question.options)
    order = list(letters)
    random.Random(f"{seed}:{question.id}").shuffle(order)
    becomes = dict(zip(order, letters, strict=True))
    named = _named(question.options, [question.stem, *question.contexts, *question.options.values()])
    if named or not set(question.gold) <= set(letters):
        return None
    texts = {"thought": question.thought, "explanation": question.explanation if explained else ""}
    after = {name: renamed(text, question.options, becomes) for name, text in texts.items()}
    if None in after.values():
        return None
    return question.model_copy(
        update={
            "options": {becomes[old]: question.options[old] for old in order},
            "gold": "".join(sorted(becomes[letter] for letter in question.gold)),
            **after,
        }
    )


def renamed(text: str, options: Mapping[str, str], becomes: Mapping[str, str]) -> str | None:
    """Return a text that calls options by their letters with their new ones; None where one cannot be told from a word.

    >>> renamed("C对，B错", {"A": "一", "B": "二", "C": "三"}, {"A": "B", "B": "C", "C": "A"})
    'A对，C错'
    >>> renamed("维生素C缺乏", {"A": "一", "B": "二", "C": "三"}, {"A": "B", "B": "C", "C": "A"})
    '维生素C缺乏'
    """
    if not text:
        return text
    if _BY_PLACE.search(text) or _SMALL.search(text):
        return None
    choices = OptionIndex(options)
    pieces, done = [], 0
    for match in _lists(choices).finditer(text):
        letters = re.findall(f"{choices.alphabet}+", match.group())
        if any(run != choices.order(run) for run in letters):  # no list of letters: an abbreviation
            if len(letters) > 1:
                return None
            continue
        called = _is_called(text, match, choices)
        if choices.is_word(text, match.start(), match.end()) == called:  # both, or neither: who can tell
            return None
        if called:
            pieces += [text[done : match.start()], _replaced(match.group(), choices, becomes)]
            done = match.end()
    return "".join([*pieces, text[done:]])


def _lists(choices: OptionIndex) -> re.Pattern[str]:
    """Return what finds letters, alone or listed: `B`, `ACD`, `A、C`, `A and C`."""
    run = rf"(?<![A-Za-z0-9]){choices.alphabet}+(?![A-Za-z0-9])"
    return re.compile(rf"{run}(?:\s*(?:[、,，/+&]|和|与|及|或|\band\b|\bor\b)\s*{run})*")


def _is_called(text: str, match: re.Match[str], choices: OptionIndex) -> bool:
    """Tell whether an option is meant, by what stands around its letter."""
    start, end = match.span()
    mark = _MARK.match(text, end)
    behind = mark.end() if mark else end
    own = choices.text_at(text, re.compile(r"\s*").match(text, behind).end())  # type: ignore[union-attr]  # matches ""
    return bool(
        _BEFORE.search(text[:start])
        or _AFTER.match(text, end)
        or (mark and _HEAD.search(text[:start]))
        or (len(match.group()) == 1 and own == match.group())
    )


def _replaced(listed: str, choices: OptionIndex, becomes: Mapping[str, str]) -> str:
    def new(run: re.Match[str]) -> str:
        return "".join(sorted(becomes[letter] for letter in run.group()))

    return re.sub(f"{choices.alphabet}+", new, listed)


def _named(options: Mapping[str, str], texts: list[str]) -> bool:
    """Tell whether a question itself speaks of its options: `以上都是`, `A和B`, `which of options A and B`."""
    choices = OptionIndex(options)
    if any(_OTHERS.search(text) or _BY_PLACE.search(text) for text in options.values()):
        return True
    return any(
        len(set(re.findall(choices.alphabet, match.group()))) > 1 or _BEFORE.search(text[: match.start()])
        for text in texts
        for match in _lists(choices).finditer(text)
        if all(run == choices.order(run) for run in re.findall(f"{choices.alphabet}+", match.group()))
    )
