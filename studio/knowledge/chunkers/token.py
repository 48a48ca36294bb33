"""Windows of N tokens that share some with their neighbour, and end where a sentence ends if that costs little.

Tokens are the embedding model's own, so that what it is shown is what it can read. A window ends at the last
paragraph or sentence end of its last quarter, else at a line or clause end of its last eighth, else between two
words; never inside a word unless it is longer than the window, and never inside a character with its marks. The next
window begins `overlap` tokens earlier, or at the sentence that begins within the following quarter of the overlap, or
else at the next word.

>>> words = lambda text: [(m.start(), m.end()) for m in __import__("re").finditer(r"\\w+|[.]", text)]
>>> text = "One two three. Four five six. Seven."
>>> [text[start:end].strip() for start, end in windows(text, words, 5, 1)]
['One two three.', 'Four five six.', 'Seven.']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from studio.core.choice import Options
from studio.core.errors import Fault
from studio.core.option import called, option
from studio.core.text import Text
from studio.knowledge.chunkers.base import Chunker, Span, Tokenize
from studio.knowledge.document import Document, Section

_PARAGRAPH, _SENTENCE, _CLAUSE, _WORD, _INSIDE = 4, 3, 1, 0, -1
_SENTENCE_ENDS = "。！？!?…；;"
_CLAUSE_ENDS = "，,、：:"
_CLOSING = "”’」』）)]】》\"'"
_JOINERS = "\u200d\ufe0e\ufe0f"
_FLAG = re.compile("([\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]")
_MARKED = "\\1\u0301"  # what a flag is read as: a letter with its mark, or every place in a row of them needs a count


class TokenOptions(Options):
    """How long the windows are."""

    chunk_tokens: int = option(
        128,
        label=Text("Passage length", "段落长度"),
        help=Text("Longest passage, in the embedding model's tokens.", "每个段落最多多少个 token（按向量模型计）。"),
        ge=16,
        le=2048,
    )
    overlap_tokens: int = option(
        64,
        label=Text("Overlap", "重叠长度"),
        help=Text(
            "Tokens that neighbouring passages share; less than the passage length.",
            "相邻段落重叠的 token 数，须小于段落长度。",
        ),
        ge=0,
        le=1024,
    )

    def conflicts(self) -> list[Fault]:
        """Return passages that would never move on."""
        if self.overlap_tokens < self.chunk_tokens:
            return []
        length = called(TokenOptions, "chunk_tokens")
        message = Text(
            f"given {self.overlap_tokens}, accepted: less than {length.en}, which is {self.chunk_tokens}",
            f"现为 {self.overlap_tokens}，应小于{length.zh}（现为 {self.chunk_tokens}）",
        )
        return [Fault("overlap_tokens", message)]


def cut(document: Document, tokenize: Tokenize, options: TokenOptions) -> Iterator[Section]:
    """Yield the windows of each section under its title; none reaches from one section into the next."""
    for section in document.sections:
        body = document.text[section.start : section.end]
        for start, end in windows(body, tokenize, options.chunk_tokens, options.overlap_tokens):
            yield Section(section.title, section.start + start, section.start + end)


def longest(options: TokenOptions) -> int:
    """Return the tokens of a whole window."""
    return options.chunk_tokens


def windows(text: str, tokenize: Tokenize, size: int, overlap: int) -> list[Span]:
    """Return the passages' spans; a text of at most `size` tokens stays whole."""
    tokens = tokenize(text)
    if len(tokens) <= size:
        return [(0, len(text))]
    text = _FLAG.sub(_MARKED, text)
    spans: list[Span] = []
    first = 0
    while True:
        start = tokens[first][0] if spans else 0
        if len(tokens) - first <= size:
            return [*spans, (start, len(text))]
        last = _end(text, tokens, first, size, overlap)
        if last >= len(tokens):
            return [*spans, (start, len(text))]
        spans.append((start, tokens[last][0]))
        first = _begin(text, tokens, first, last, overlap)


def _end(text: str, tokens: list[Span], first: int, size: int, overlap: int) -> int:
    """Return the token before which the window that begins at `first` ends."""
    furthest = first + size
    nearest = first + overlap + 1  # the next window must begin later than this one
    for worst, reach in ((_SENTENCE, size // 4), (_CLAUSE, size // 8), (_WORD, size)):
        places = range(furthest, max(nearest, furthest - reach) - 1, -1)
        ranks = [(_rank(text, tokens, place), place) for place in places]
        good = [item for item in ranks if item[0] >= worst]
        if good:
            # a sentence end counts as much as a paragraph's; among lesser places the later one wins as well
            return max(good, key=lambda item: (item[0] if worst == _CLAUSE else 0, item[1]))[1]
    place = furthest  # one word longer than the window
    while place < len(tokens) and not _whole(text, tokens[place][0]):
        place += 1
    return place


def _begin(text: str, tokens: list[Span], first: int, last: int, overlap: int) -> int:
    """Return the token at which the window after the one that ends before `last` begins."""
    earliest = max(last - overlap, first + 1)
    if overlap == 0:
        return last
    for worst, furthest in ((_SENTENCE, min(last, earliest + overlap // 4)), (_WORD, last)):
        for place in range(earliest, furthest + 1):
            if _rank(text, tokens, place) >= worst:
                return place
    # inside one long word: where no character is parted
    return next((place for place in range(earliest, last) if _whole(text, tokens[place][0])), last)


def _rank(text: str, tokens: list[Span], place: int) -> int:
    """Return how good a border before a token is."""
    end, start = tokens[place - 1][1], tokens[place][0]
    if not _whole(text, start):
        return _INSIDE
    gap = text[end:start]
    before, after = text[end - 1], text[start]
    if "\n\n" in "".join(gap.split(" ")):
        return _PARAGRAPH
    told = text[max(0, end - 4) : end].rstrip(_CLOSING)[-1:]
    if told and told in _SENTENCE_ENDS and after not in _CLOSING + _SENTENCE_ENDS and (gap or not _latin(after)):
        return _SENTENCE
    if told == "." and gap.strip() == "" and gap and not after.islower():
        return _SENTENCE
    if "\n" in gap:
        return _CLAUSE + 1
    if before in _CLAUSE_ENDS and (gap or not _latin(after)):
        return _CLAUSE
    if gap or not (_latin(before) and _latin(after)):
        return _INSIDE if after in _CLAUSE_ENDS + _SENTENCE_ENDS + _CLOSING else _WORD
    return _INSIDE


def _whole(text: str, place: int) -> bool:
    """Tell whether a text may be parted before an offset: not inside a character that is made of several."""
    after, before = text[place], text[place - 1]
    if unicodedata.combining(after) or unicodedata.category(after) in ("Mn", "Me", "Mc") or after in _JOINERS:
        return False
    return before != "\u200d" and not "\U0001f3fb" <= after <= "\U0001f3ff"


def _latin(char: str) -> bool:
    """Tell whether a character belongs to a script that writes spaces; CJK and its punctuation does not."""
    return not char.isspace() and unicodedata.east_asian_width(char) not in ("W", "F")


CHUNKER = Chunker(
    Text("Windows of tokens", "按 token 窗口"),
    Text(
        "Windows of a number of tokens that end with a sentence where that costs little.",
        "按固定 token 数切分，尽量在句末断开。",
    ),
    cut,
    longest,
    options=TokenOptions,
)
