"""The rules by which a chosen letter is read, in their order: what is marked as the answer first, what is only said last.

Each takes the cleaned text, the options and the stem, and returns letters in the options' order, or nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from studio.evaluation.letters import Sheet, normal

_ANCHOR_EN = (
    r"(?<!wrong )(?<!incorrect )\b(?:answers?|(?:correct|right|best|final|(?:most|more) \w+|appropriate|true)"
    r"\s+(?:options?|choices?|alternatives?|one|selection|statement)|(?:the|my) (?:option|choice) (?=is|would|:))\b"
)
_ANCHOR_ZH = r"(?<!错误)(?<!干扰)(?:答案|正确的?(?:选项|选择|说法|一项|叙述|描述)|最佳(?:选项|选择)|正确的(?=[是为]))"
_ANCHOR = re.compile(f"(?:{_ANCHOR_EN}|{_ANCHOR_ZH})", re.IGNORECASE)
_ANCHOR_WRONG = re.compile(
    r"(?:错误|不正确|不恰当|不属于|不包括)的?(?:选项|说法|一项|叙述|描述)?(?=应?[是为:])"
    r"|\b(?:incorrect|wrong|false|least likely|not true|exception)\s*(?:option|choice|answer|statement|one)?\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?<![不非])(?:应当?|应该|当|最?可能|就|即)?[是为属选]择?|\b(?:is|are|was|be)\b|[:=→]|->|\[", re.IGNORECASE
)
_HALT = re.compile(r"[\n。!?;]|(?<=[a-z\u4e00-\u9fff]{2})\.\s")
_FINAL = re.compile(
    r"(?:故|因此|因而|所以|综上[所述,]*|由此|最终|最后|从而)[^。\n;!?]{0,40}?(?<![不误错勿别未])选(?:择|取)?(?!项|题)"
    r"|\b(?:final answer|therefore|thus|hence|so|in conclusion|consequently)\b[^.\n]{0,50}?\b(?:answer|option|choice)"
    r"[^.\n]{0,40}?(?:\bis\b|:)|\bfinal answer\b\s*(?:is|:)?",
    re.IGNORECASE,
)
_CHOSEN = re.compile(
    r"(?<![不误错勿别未若如果筛可单多备候能会他余])(?<![^因从]而)选(?:择|取|定|的是)?(?!项|题|手)|(?<=可)选(?!项)"
    r"|\b(?:I|we|you)(?:'d| would| will| should| must| can|'ll)?\s+(?:choose|chose|pick|picked|select|go with|say|opt for)\b"
    r"|\b(?:choose|pick|select|go with|opt for)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?:(?:不|别|勿|误|错)(?:能|应|可|要|宜|得)?选?是?|非|排除|除了?|除外|\bnot|n't|\bexcept|\brather than|\binstead of|\bunlike|\bwithout)\s*(?:the\s|an?\s)?$",
    re.I,
)
_REJECTED = re.compile(
    r"[\s,)]*(?:错|不|除外|(?:is|are|was|would be)\s(?:not|wrong|incorrect|contra)|isn't|can be (?:ruled|excluded))",
    re.I,
)
_CONCLUDES = re.compile(
    r"(?:^|[.。!?;\n])\s*(?:therefore|thus|hence|so|in conclusion|overall|因此|所以|综上|故(?=选|答案|本题|应|诊断|考虑|该|患)|由此)[^.。\n]*(?:\.(?!\s|$)[^.。\n]*)*",
    re.I,
)
_RIGHT = re.compile(
    r"[\s,:]*(?:选?项)?(?:的?(?:说法|描述|表述|内容))?[均都皆也则是为,\s]*(?:正确|对|符合|√|✓|✔|✅)|[\s,:-]*(?:\bis|\bare|\bwould be)\s+(?:\w+ly\s)?(?:the\s)?(?:correct|right|true|best|most)|[\s:-]*(?:correct|right|true)\b",
    re.I,
)
_WRONG = re.compile(
    r"[\s,:]*(?:选?项)?(?:的?(?:说法|描述|表述|内容))?[均都皆也则是为,\s]*(?:错|不对|不正确|不符|不选|不是|有误|可?排除|×|✗|❌)|[\s,:-]*(?:\bis|\bare|\bwould be|can be)\s+(?:\w+ly\s)?(?:not|incorrect|wrong|false|ruled|excluded|eliminated)|[\s,:-]*isn't|[\s:-]*(?:incorrect|wrong|false)\b",
    re.I,
)
_EXCLUDE = re.compile(r"(?:排除|除外|\brule out|\bruling out|\bexclude|\beliminate|\bdiscard)\s*", re.I)
_ASKS_WRONG = re.compile(
    r"错误|不正确|不恰当|不怡当|不妥|不属于|不包括|不包含|不符合|无关|除(?:了)?(?:哪|下列|以下|下述|何)[^。]{0,12}外|除外"
    r"|不(?:是|宜|应|可能|经过|会|可|能)[^,。]{0,8}(?:的是|的为|的一项)|\b(?:EXCEPT|NOT|LEAST)\b|\b(?:except|incorrect|false|least)\b"
)


def asks_for_wrong(stem: str) -> bool:
    """Tell whether a stem asks which statement does not hold."""
    clauses = [
        part for part in re.split(r"[,。;\n]|\.\s", unicodedata.normalize("NFKC", stem)) if re.search(r"\w", part)
    ]
    return bool(clauses) and _ASKS_WRONG.search(clauses[-1]) is not None


def _boxed(text: str, sheet: Sheet, stem: str) -> str:
    found = re.findall(r"\\boxed\s*\{([^{}]*)\}|####\s*(.+)", text)
    if not found:
        return ""
    inside = "".join(found[-1])
    return sheet.letters_at(inside, 0)[0] or sheet.text_at(inside.strip(), 0)


def _bare(text: str, sheet: Sheet, stem: str) -> str:
    letters, end = sheet.letters_at(text, 0)
    return letters if letters and not re.search(r"\w", text[end:]) and end - len(letters) < 40 else ""


def _final(text: str, sheet: Sheet, stem: str) -> str:
    return _last(sheet.letters_at(text, match.end())[0] for match in _FINAL.finditer(text))


def _declared(text: str, sheet: Sheet, stem: str) -> str:
    anchors = list(_ANCHOR.finditer(text))
    if asks_for_wrong(stem):
        anchors += _ANCHOR_WRONG.finditer(text)
    found = [(at, letters) for anchor in anchors for at, letters in _after(text, anchor.end(), sheet)]
    statement = re.compile(
        rf"(?<![A-Za-z])({sheet.alphabet}+)\)?\s*(?:选?项)?(?:[错对],?)?\s*(?:is|就?[是为]|即为)\s*(?:clearly\s)?(?:the\s)?(?:本题|该题)?的?"
        r"(?:correct|right|best|正确|最佳|标准)?的?\s*(?:answer|option|choice|答案|选项|选择)\b",
        re.IGNORECASE,
    )
    stated = [(match.start(), match.group(1).upper()) for match in statement.finditer(text)]
    if stated and (not found or max(stated) > max(found)):  # each of several may be called an answer
        return sheet.order("".join(letters for _, letters in stated))
    return max(found)[1] if found else ""


def _chosen(text: str, sheet: Sheet, stem: str) -> str:
    return _last(sheet.letters_at(text, match.end())[0] for match in _CHOSEN.finditer(text))


def _leading(text: str, sheet: Sheet, stem: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    heads = [_head(line, sheet) for line in lines]
    first = heads[0] if heads else ""
    if not first:
        return ""
    listed = [head for head in heads if head]
    if len(set(listed)) == 1:
        return first
    if all(_is_option(line, head, sheet) for line, head in zip(lines, heads, strict=True)):
        # nothing but options: a choice of several, or the whole list said after us
        return "" if len(set(listed)) == len(sheet.options) else sheet.order(set("".join(listed)))
    walk = sheet.order(set("".join(listed)))
    return "" if "".join(listed).startswith(walk[:2]) else first


def _conclusion(text: str, sheet: Sheet, stem: str) -> str:
    for match in reversed(list(_CONCLUDES.finditer(text))):
        letters = {letter for letter, at in sheet.lone(match.group()) if not _denied(match.group(), at, at + 1)}
        if len(letters) == 1:
            return letters.pop()
        named = _named(match.group(), sheet)
        if not letters and len(named) == 1:
            return named.pop()
    return ""


def _verdict(text: str, sheet: Sheet, stem: str) -> str:
    right, wrong = _verdicts(text, sheet)
    return sheet.order(wrong - right if asks_for_wrong(stem) else right - wrong)


def _elimination(text: str, sheet: Sheet, stem: str) -> str:
    right, wrong = _verdicts(text, sheet)
    left = set(sheet.options) - (right if asks_for_wrong(stem) else wrong)
    return left.pop() if len(left) == 1 else ""


def _quoted(text: str, sheet: Sheet, stem: str) -> str:
    opened = re.match(r"(?:\W|\b(?:the|it is|it's|this is|answer)\b|这是|应为|应是|是|答)*", text, re.IGNORECASE)
    at = opened.end() if opened else 0
    letter = sheet.text_at(text, at)
    if letter:
        end = next(end for name, start, end in sheet.texts_in(text) if start == at)
        if not _denied(text, at, end) and not sheet.list_goes_on(text, end):
            return letter
    return ""


def _text(text: str, sheet: Sheet, stem: str) -> str:
    named = _named(text, sheet)
    return named.pop() if len(named) == 1 else ""


def _only(text: str, sheet: Sheet, stem: str) -> str:
    found = list(sheet.lone(text))
    letters = {letter for letter, _ in found}
    denied = any(_denied(text, at, at + 1) for _, at in found)
    return letters.pop() if len(letters) == 1 and not denied else ""


RULES: tuple[tuple[str, Callable[[str, Sheet, str], str]], ...] = (
    ("boxed", _boxed),
    ("bare", _bare),
    ("final", _final),
    ("declared", _declared),
    ("chosen", _chosen),
    ("leading", _leading),
    ("conclusion", _conclusion),
    ("verdict", _verdict),
    ("elimination", _elimination),
    ("quoted", _quoted),
    ("only", _only),
    ("text", _text),
)


def _last(found: Iterator[str]) -> str:
    return next((letters for letters in reversed(list(found)) if letters), "")


def _after(text: str, start: int, sheet: Sheet) -> Iterator[tuple[int, str]]:
    """Yield the letters, or the option quoted, behind each link word between an anchor and its sentence's end."""
    halt = _HALT.search(text, start)
    stop = min(start + 90, halt.start() if halt else len(text))
    direct, end = sheet.letters_at(text, start)
    if direct and re.match(r"\s*(?:$|[.。,)\n])", text[end:]):
        yield start, direct
    for link in _LINK.finditer(text, start, stop + 1):
        letters, _ = sheet.letters_at(text, link.end())
        quoted = re.compile(r"[\s:]*(?:the\s|an?\s)?", re.IGNORECASE).match(text, link.end())
        letters = letters or sheet.text_at(text, quoted.end() if quoted else link.end())
        if letters:
            yield link.start(), letters


def _head(line: str, sheet: Sheet) -> str:
    """Return the letter that a line begins with as a mark: `B. ...`, `(B) ...`, `B、...`, `B because`, or alone."""
    match = re.match(
        rf"[\W_]*(?:(?:option|choice|选项)\s*)?({sheet.alphabet}|{sheet.alphabet.lower()})(?![A-Za-z0-9'])", line
    )
    if not match:
        return ""
    letter, rest = match.group(1), line[match.end() :]
    upper = letter.upper()
    if not sheet.letters_at(line, match.start(1))[0]:
        return ""
    own = sheet.text_at(rest.lstrip(" .、:),。-]"), 0) == upper
    marked = re.match(r"\s*(?:$|[.、:)\]】,。;])", rest) is not None
    reason = re.match(r"\s*(?:because|since|as|因为|,)", rest) is not None
    spoilt = _REJECTED.match(rest) is not None
    return upper if (own or marked or reason) and not spoilt else ""


def _is_option(line: str, head: str, sheet: Sheet) -> bool:
    """Tell whether a line is an option and nothing else."""
    return bool(head) and normal(re.sub(r"^[\W_]*\w\W*", "", line)).rstrip(".。;") in (
        "",
        re.sub(r"^\W+", "", normal(sheet.options[head])).rstrip(".。;"),
    )


def _denied(text: str, start: int, end: int) -> bool:
    return bool(_NEGATED.search(text[:start]) or _REJECTED.match(text, end))


def _named(text: str, sheet: Sheet) -> set[str]:
    return {letter for letter, start, end in sheet.texts_in(text) if not _denied(text, start, end)}


def _verdicts(text: str, sheet: Sheet) -> tuple[set[str], set[str]]:
    right: set[str] = set()
    wrong: set[str] = set()
    for match in re.finditer(rf"(?<![A-Za-z0-9°.-]){sheet.alphabet}", text):
        letters, end = sheet.letters_at(text, match.start())
        end += len(re.match(r"[)\]]?", text[end:]).group())  # type: ignore[union-attr]  # matches the empty text too
        if letters and _WRONG.match(text, end):
            wrong |= set(letters)
        elif letters and _RIGHT.match(text, end):
            right |= set(letters)
    for match in _EXCLUDE.finditer(text):
        wrong |= set(sheet.letters_at(text, match.end())[0])
    return right, wrong
