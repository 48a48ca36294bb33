"""The rules by which a chosen letter is read, in their order: what is marked as the answer first, what is only said last.

Each takes the cleaned text, the options and the stem, and returns letters in the options' order, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from studio.scoring.extraction.letters import Listed, OptionIndex, normal
from studio.scoring.extraction.patterns import (
    AGAINST,
    ANCHOR,
    ANCHOR_WRONG,
    ASKED,
    CHOSEN,
    CONCESSION,
    CONCLUDES,
    CONDITION,
    EXCLUDE,
    FINAL,
    FORBIDDEN,
    FORBIDDEN_AFTER,
    HALT,
    LINK,
    NEGATED,
    REJECTED,
    RIGHT,
    WRONG,
    asks_for_forbidden,
    asks_for_wrong,
)


def _boxed(text: str, choices: OptionIndex, stem: str) -> str:
    found = re.findall(r"\\boxed\s*\{([^{}]*)\}|####\s*(.+)", text)
    if not found:
        return ""
    inside = "".join(found[-1])
    return choices.letters_at(inside, 0)[0] or choices.whole(inside) or choices.text_at(inside.strip(), 0)


def _bare(text: str, choices: OptionIndex, stem: str) -> str:
    listed = choices.list_at(text, 0)
    alone = not re.search(r"\w", text[listed.end :]) and listed.end - len(listed.letters) < 40
    return listed.letters if alone and not listed.open else ""


def _whole(text: str, choices: OptionIndex, stem: str) -> str:
    return choices.whole(text)


def _final(text: str, choices: OptionIndex, stem: str) -> str:
    return _last_behind(FINAL, text, choices)


def _declared(text: str, choices: OptionIndex, stem: str) -> str:
    turned = asks_for_wrong(stem)
    found = [
        (at, letters)
        for anchor in ANCHOR.finditer(text)
        for at, letters in _after(text, anchor.end(), choices)
        # where the wrong one is asked for, "the correct statements are A, C and D" names the others
        if not (turned and len(letters) > 1 and not anchor.group().lower().startswith(("answer", "答案")))
    ]
    if turned:
        found += [pair for anchor in ANCHOR_WRONG.finditer(text) for pair in _after(text, anchor.end(), choices)]
    found = _settled(text, found)
    statement = re.compile(
        rf"(?<![A-Za-z])({choices.alphabet}+)\)?\s*(?:选?项)?(?:[错对],?)?\s*(?:is|就?[是为]|即为)\s*(?:clearly\s)?(?:the\s)?(?:本题|该题)?的?"
        r"(?:correct|right|best|正确|最佳|标准)?的?\s*(?:answer|option|choice|答案|选项|选择)\b",
        re.IGNORECASE,
    )
    stated = _settled(text, [(match.start(), match.group(1).upper()) for match in statement.finditer(text)])
    if stated and (not found or max(stated) > max(found)):  # each of several may be called an answer
        return choices.order("".join(letters for _, letters in stated))
    return max(found)[1] if found else ""


def _chosen(text: str, choices: OptionIndex, stem: str) -> str:
    return _last_behind(CHOSEN, text, choices)


def _leading(text: str, choices: OptionIndex, stem: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    several = choices.list_at(lines[0], 0) if lines else Listed("", 0)
    if len(several.letters) > 1:  # a first line of letters and nothing else is the choice, as training words it
        return "" if several.open or re.search(r"\w", lines[0][several.end :]) else several.letters
    heads = [_head(line, choices) for line in lines]
    first = heads[0] if heads else ""
    if not first:
        return ""
    listed = [head for head in heads if head]
    if len(set(listed)) == 1:
        return first
    if all(_is_option(line, head, choices) for line, head in zip(lines, heads, strict=True)):
        # nothing but options: a choice of several, or the whole list said after us
        return "" if len(set(listed)) == len(choices.options) else choices.order(set("".join(listed)))
    walk = choices.order(set("".join(listed)))
    return "" if "".join(listed).startswith(walk[:2]) else first


def _conclusion(text: str, choices: OptionIndex, stem: str) -> str:
    for match in reversed(list(CONCLUDES.finditer(text))):
        letters = {letter for letter, at in choices.lone(match.group()) if not _denied(match.group(), at, at + 1)}
        if len(letters) == 1:
            return letters.pop()
        named = _named(match.group(), choices, stem)
        if not letters and len(named) == 1:
            return named.pop()
    return ""


def _verdict(text: str, choices: OptionIndex, stem: str) -> str:
    right, wrong = _verdicts(text, choices)
    return choices.order(wrong - right if asks_for_wrong(stem) else right - wrong)


def _elimination(text: str, choices: OptionIndex, stem: str) -> str:
    right, wrong = _verdicts(text, choices)
    left = set(choices.options) - (right if asks_for_wrong(stem) else wrong)
    return left.pop() if len(left) == 1 else ""


def _quoted(text: str, choices: OptionIndex, stem: str) -> str:
    opened = re.match(r"(?:\W|\b(?:the|it is|it's|this is|answer)\b|这是|应为|应是|是|答)*", text, re.IGNORECASE)
    at = opened.end() if opened else 0
    letter = choices.text_at(text, at)
    if letter:
        end = next(end for name, start, end in choices.texts_in(text) if start == at)
        if not _barred(text, at, end, stem) and not choices.list_goes_on(text, end):
            return letter
    return ""


def _contrast(text: str, choices: OptionIndex, stem: str) -> str:
    """Read what is left standing at the end, once the others are denied: `Not A. C.`, `B不是，C才是`, `..., but D`."""
    denied: set[str] = set()
    left: dict[str, int] = {}
    for letter, at in choices.lone(text):
        if letter in denied or _denied(text, at, at + 1) or WRONG.match(text, at + 1):
            denied |= {letter} | (set(choices.letters_at(text, at)[0]) if NEGATED.search(text[:at]) else set())
        else:
            left[letter] = at
    standing = {letter: at for letter, at in left.items() if letter not in denied}
    letter, at = max(standing.items(), key=lambda pair: pair[1], default=("", 0))
    told = bool(letter) and ((denied and len(standing) == 1) or re.search(r"\bbut\s*$", text[:at], re.IGNORECASE))
    return letter if told and re.match(r"[)\s]*(?:才[是对]|[.。!]?\s*$)", text[at + 1 :]) else ""


def _text(text: str, choices: OptionIndex, stem: str) -> str:
    named = _named(text, choices, stem)
    # lines that begin with several letters walk through the options: cut in the second, only the first is whole
    walked = {_head(line.strip(), choices) for line in text.splitlines()} - {""}
    return named.pop() if len(named) == 1 and len(walked) < 2 else ""


def _only(text: str, choices: OptionIndex, stem: str) -> str:
    found = list(choices.lone(text))
    letters = {letter for letter, _ in found}
    denied = any(_denied(text, at, at + 1) for _, at in found)
    return letters.pop() if len(letters) == 1 and not denied else ""


RULES: tuple[tuple[str, Callable[[str, OptionIndex, str], str]], ...] = (
    ("boxed", _boxed),
    ("bare", _bare),
    ("quoted", _whole),
    ("final", _final),
    ("declared", _declared),
    ("chosen", _chosen),
    ("leading", _leading),
    ("conclusion", _conclusion),
    ("verdict", _verdict),
    ("elimination", _elimination),
    ("quoted", _quoted),
    ("contrast", _contrast),
    ("only", _only),
    ("text", _text),
)


def after_echo(text: str, choices: OptionIndex) -> str:
    """Return what follows where an answer first says all options over again; else the text as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    echo, rest = lines[: len(choices.options)], lines[len(choices.options) :]
    heads = [_head(line, choices) for line in echo]
    said = heads == list(choices.options) and all(map(_is_option, echo, heads, [choices] * len(echo)))
    return after_echo("\n".join(rest), choices) if said and rest else text


def _last_behind(words: re.Pattern[str], text: str, choices: OptionIndex) -> str:
    found = [(match.end(), choices.list_at(text, match.end())) for match in words.finditer(text)]
    # "choose A or B" has not chosen, and "A?" asks
    told = [(at, one.letters) for at, one in found if one.letters and not one.open and not ASKED.match(text, one.end)]
    return max(_settled(text, told), default=(0, ""))[1]


def _settled(text: str, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return what was found outside concessions; of that what no condition holds, where there is some."""
    conceded, conditional = ([match.span() for match in words.finditer(text)] for words in (CONCESSION, CONDITION))
    meant = [pair for pair in found if not _within(pair[0], conceded)]
    return [pair for pair in meant if not _within(pair[0], conditional)] or meant


def _within(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _after(text: str, start: int, choices: OptionIndex) -> Iterator[tuple[int, str]]:
    """Yield the letters, or the option quoted, behind each link word between an anchor and its sentence's end."""
    halts = [match for words in (HALT, ANCHOR, AGAINST) if (match := words.search(text, start))]
    stop = min([start + 90, len(text), *(halt.start() for halt in halts)])
    direct, end = choices.letters_at(text, start)
    if direct and re.match(r"\s*(?:$|[.。,)\n])", text[end:]):
        yield start, direct
    for link in LINK.finditer(text, start, stop + 1):
        listed = choices.list_at(text, link.end())
        quoted = re.compile(r"[\s:]*(?:the\s|an?\s)?", re.IGNORECASE).match(text, link.end())
        behind = quoted.end() if quoted else link.end()
        sentence_end = HALT.search(text, behind)
        letters = (
            listed.letters
            or choices.text_at(text, behind)
            or choices.whole(text[behind : sentence_end.start() if sentence_end else len(text)])
        )
        if letters and not (listed.letters and ASKED.match(text, listed.end)):
            yield link.start(), letters


def _head(line: str, choices: OptionIndex) -> str:
    """Return the letter that a line begins with as a mark: `B. ...`, `(B) ...`, `B、...`, `B because`, or alone."""
    match = re.match(
        rf"[\W_]*(?:(?:option|choice|选项)\s*)?({choices.alphabet}|{choices.alphabet.lower()})(?![A-Za-z0-9'])", line
    )
    if not match:
        return ""
    letter, rest = match.group(1), line[match.end() :]
    upper = letter.upper()
    if not choices.letters_at(line, match.start(1))[0]:
        return ""
    own = choices.text_at(rest.lstrip(" .、:),。-]"), 0) == upper
    marked = re.match(r"\s*(?:$|[.、:)\]】,。;])", rest) is not None
    reason = re.match(r"\s*(?:because|since|as|因为|,)", rest) is not None
    spoilt = REJECTED.match(rest) is not None
    return upper if (own or marked or reason) and not spoilt else ""


def _is_option(line: str, head: str, choices: OptionIndex) -> bool:
    """Tell whether a line is an option and nothing else."""
    return bool(head) and normal(re.sub(r"^[\W_]*\w\W*", "", line)).rstrip(".。;") in (
        "",
        re.sub(r"^\W+", "", normal(choices.options[head])).rstrip(".。;"),
    )


def _denied(text: str, start: int, end: int) -> bool:
    return bool(NEGATED.search(text[:start]) or REJECTED.match(text, end))


def _barred(text: str, start: int, end: int, stem: str) -> bool:
    """Tell whether an option's text is denied, or said to be forbidden where the stem does not ask for that."""
    forbidden = FORBIDDEN.search(text[:start]) or FORBIDDEN_AFTER.match(text, end)
    return _denied(text, start, end) or (forbidden is not None and not asks_for_forbidden(stem))


def _named(text: str, choices: OptionIndex, stem: str) -> set[str]:
    return {letter for letter, start, end in choices.texts_in(text) if not _barred(text, start, end, stem)}


def _verdicts(text: str, choices: OptionIndex) -> tuple[set[str], set[str]]:
    right: set[str] = set()
    wrong: set[str] = set()
    for match in re.finditer(rf"(?<![A-Za-z0-9°.-]){choices.alphabet}", text):
        letters, end = choices.letters_at(text, match.start())
        end += len(re.match(r"[)\]]?", text[end:]).group())  # type: ignore[union-attr]  # matches the empty text too
        if letters and WRONG.match(text, end):
            wrong |= set(letters)
        elif letters and RIGHT.match(text, end):
            right |= set(letters)
    for match in EXCLUDE.finditer(text):
        wrong |= set(choices.letters_at(text, match.end())[0])
    return right, wrong
