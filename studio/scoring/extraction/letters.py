"""Option letters and option texts inside generated text: what is a letter of the question, and what only looks like it.

Chinese and English medical prose is full of capitals that choose nothing: DNA, vitamin B12, 38°C, E. coli, B细胞.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

# lists that a clinician can mend, each as alternatives of a pattern
_TERMS: Mapping[str, str] = {
    name: "|".join(map(re.escape, words))
    for name, words in yaml.safe_load(Path(__file__).with_name("terms.yaml").read_text(encoding="utf-8")).items()
}
# what may not follow: the rest of a word, a hyphened name, a species, a Chinese word that begins with a letter
_AFTER = rf"(?![A-Za-z0-9_°²³'])(?!-[A-Za-z0-9\u4e00-\u9fff])(?!\.?\s?(?:{_TERMS['species']})\b)(?!\s?(?:{_TERMS['joined']}))"
_BEFORE = r"(?<![A-Za-z0-9_°.\u0370-\u03ff])(?<![A-Za-z0-9]-)"
_OPENERS = re.compile(
    r"(?:[\s(\[{【〔<>:*=→\-–—.·]|\b(?:options?|choices?|letters?|answers?|either|both|clearly|therefore|thus|most likely|"
    r"probably|definitely|likely|indeed|the)\b|选项|选|应为|应是|应该是)*",
    re.IGNORECASE,
)
_CLOSERS = re.compile(r"\s*[)\]}】〕>]*[.、:,。)]?\s*")
_JOIN = re.compile(
    r"[)\]】]?(?:[ \t]*(?:[、,/&+;]|和|与|及|以及|或者?|还是|\band\b|\bor\b))+[ \t]*[(\[【]?(?:选项|options?\s)?",
    re.IGNORECASE,
)
# a join that leaves open which of the two it is
_OPEN = re.compile(r"/|或|还是|\bor\b", re.IGNORECASE)
# behind a comma a letter may begin a sentence of its own: "B，A选项是常见的错误"
_SPOILT = re.compile(r"\s*选?项[^。;\n]{0,20}(?:错|误|不|干扰|排除)")
# an English article has a noun phrase behind it, which none of these words begins
_ARTICLE = re.compile(
    r"[ \t]+(?!(?i:and|or|but|because|since|as|if|for|due|is|was|has|would|should|may|not|which|over|rather|than|instead|seems)(?![\w-]))"
    r"(?:[a-z0-9]|[A-Z][A-Z0-9-])"
)
# what may stand after a second letter of a list, lest "B, A is wrong" be read as two letters
_LIST_END = re.compile(
    r"\s*(?:$|[)\]】.。,、;/&+!\n]|和|与|及|或|and\b|or\b|均|都|项|选项|两|三|四|五|because\b|since\b|因为?)",
    re.IGNORECASE,
)
# "vitamin A", and the second letter of "hepatitis B and C"
_NAMING = re.compile(
    rf"(?:\b(?:{_TERMS['named']})s?|{_TERMS['named_chinese']})\s?(?:is\s|为|是)?(?:[A-Z](?:,\s|\s(?:and|or)\s|[、和]))*$",
    re.IGNORECASE,
)
_TAIL = re.compile(rf"\s(?:{_TERMS['tails']})")
_JOINED = re.compile(rf"\.?\s?(?:{_TERMS['species']})\b|\s?(?:{_TERMS['joined']})")


def normal(text: str) -> str:
    """Return text in one form: NFKC, lower case, white space collapsed.

    >>> normal("ＡＴＰ　酶 ")
    'atp 酶'
    """
    # not casefold: patterns are made of it, and its "ss" for "ß" would not be found in a text as it stands
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


@dataclass(frozen=True)
class Listed:
    """Letters that stand together in a text, in the options' order.

    Args:
        end: the offset behind them; where nothing was found, the one the search began at.
        open: whether they are alternatives, `A or B`: a list that chooses none of them.
    """

    letters: str
    end: int
    open: bool = False


@dataclass(frozen=True)
class OptionIndex:
    """A question's options as things to be found in a text that was cleaned as they were."""

    options: Mapping[str, str]

    @cached_property
    def alphabet(self) -> str:
        """The letters as a regular expression's class."""
        return "[" + "".join(re.escape(letter) for letter in self.options) + "]"

    @cached_property
    def _run(self) -> re.Pattern[str]:
        return re.compile(rf"{self.alphabet}+{_AFTER}")

    @cached_property
    def _lone(self) -> re.Pattern[str]:
        return re.compile(rf"{_BEFORE}{self.alphabet}{_AFTER}")

    @cached_property
    def _texts(self) -> dict[str, re.Pattern[str]]:
        return {letter: _phrase(text) for letter, text in self.options.items() if normal(text)}

    def order(self, letters: set[str] | str) -> str:
        """Return letters once each, in the options' order."""
        return "".join(letter for letter in self.options if letter in letters)

    def letters_at(self, text: str, start: int) -> tuple[str, int]:
        """Return the letters of a list that begins at an offset, and its end; see `list_at`."""
        listed = self.list_at(text, start)
        return listed.letters, listed.end

    def list_at(self, text: str, start: int) -> Listed:
        """Return the list of letters that begins at an offset: `B`, `(C)`, `ABC`, `A、C`, `A and C`, `A or C`.

        A text of an option that begins here (`B细胞` with such an option) is no letter, nor is an English article.
        """
        opened = _OPENERS.match(text, start)
        here = opened.end() if opened else start
        if self.text_at(text, here):
            return Listed("", start)
        found: list[str] = []
        end, either, joined = start, False, ""
        while True:
            run = self._run_at(text, here, first=not found)
            if not run or set(run) & set(found):
                break
            after = here + len(run)
            own = self._own_text_end(text, run, after)
            if not found and self._is_article(text, run, after):
                break
            spoilt = joined.strip() in (",", ";") and _SPOILT.match(text, after)
            if found and (spoilt or not _LIST_END.match(text, own or after)):
                break
            found += run
            either = either or _OPEN.search(joined) is not None
            end = own or after
            join = _JOIN.match(text, end)
            if join is None:
                break
            here, joined = join.end(), join.group()
        return Listed(self.order(set(found)), end, either)

    def lone(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield each capital that stands alone, with its offset; an English article is none."""
        for match in self._lone.finditer(text):
            letter, at = match.group(), match.start()
            article = self._is_article(text, letter, match.end())
            named = _NAMING.search(text[:at])
            tailed = _TAIL.match(text, match.end())
            if not (article or named or tailed):
                yield letter, at

    def is_word(self, text: str, start: int, end: int) -> bool:
        """Tell whether what stands there belongs to a term (`维生素A`, `B细胞`, `E. coli`, `hepatitis B`), or is an article."""
        alone = self._is_article(text, text[start:end], end)
        return alone or any((_NAMING.search(text[:start]), _TAIL.match(text, end), _JOINED.match(text, end)))

    def text_at(self, text: str, start: int) -> str:
        """Return the letter of the longest option text (of two characters or more) that begins at an offset."""
        best, length = "", 1
        for letter, pattern in self._texts.items():
            match = pattern.match(text, start)
            if match and match.end() - start > length:
                best, length = letter, match.end() - start
        return "" if best and self._twins(best) else best

    def whole(self, text: str) -> str:
        """Return the letter of the option whose text this is, of whatever length, and nothing where two have it."""
        said = _bared(text)
        same = [letter for letter, option in self.options.items() if said and _bared(option) == said]
        return same[0] if len(same) == 1 else ""

    def list_goes_on(self, text: str, end: int) -> bool:
        """Tell whether behind an option's text comes `, ` or `or` and the text of another option."""
        join = _JOIN.match(text, end)
        return join is not None and bool(self.text_at(text, join.end()))

    def texts_in(self, text: str) -> list[tuple[str, int, int]]:
        """Return the option texts that stand in a text as `(letter, start, end)`; one inside a longer one is dropped."""
        spans = [
            (letter, match.start(), match.end())
            for letter, pattern in self._texts.items()
            for match in pattern.finditer(text)
            if match.end() - match.start() > 1
        ]
        return [
            span
            for span in spans
            if not any(o[1] <= span[1] and span[2] <= o[2] and o[2] - o[1] > span[2] - span[1] for o in spans)
        ]

    def _is_article(self, text: str, letter: str, after: int) -> bool:
        """Tell whether an A is the article: `A beta-blocker`, `A 45-year-old`, `A CT`; not before option A's text."""
        article = letter == "A" and _ARTICLE.match(text, after) is not None
        return article and self._own_text_end(text, letter, after) is None

    def _twins(self, letter: str) -> bool:
        text = normal(self.options[letter])
        return sum(normal(other) == text for other in self.options.values()) > 1

    def _run_at(self, text: str, start: int, first: bool) -> str:
        match = self._run.match(text, start)
        if match:
            run = match.group()
            return run if run == self.order(run) and len(set(run)) == len(run) else ""
        # a small letter counts only where nothing makes it a word: "b", "(b)", "b." but not "a drug"
        small = re.match(rf"{self.alphabet.lower()}(?=\s*(?:$|[).,;:、。\]\n]|and\s[a-z]\b))", text[start:])
        return small.group().upper() if small and (first or len(text) > start) else ""

    def _own_text_end(self, text: str, run: str, after: int) -> int | None:
        pattern = self._texts.get(run) if len(run) == 1 else None
        closers = _CLOSERS.match(text, after)
        match = pattern.match(text, closers.end() if closers else after) if pattern else None
        return match.end() if match else None


def _bared(text: str) -> str:
    return normal(text).rstrip(" .。;!")


def _phrase(text: str) -> re.Pattern[str]:
    """Return a pattern for an option's text as a whole phrase, whatever its spacing and case."""
    plain = normal(text).rstrip(" .。;")
    body = r"\s*".join(re.escape(part) for part in plain.split())
    before = r"(?<![A-Za-z0-9.])" if re.match(r"[a-z0-9]", plain) else ""
    after = r"(?![A-Za-z0-9%]|\.\d)" if re.search(r"[a-z0-9]$", plain) else ""
    return re.compile(before + body + after, re.IGNORECASE)
