"""The identifiers that a probe asks for: those of a dataset's rows, and those of texts that somebody gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_text
from studio.core.records import Message
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.masking import Span, find, hidden, kinds
from studio.data.records.base import Row
from studio.evaluation.recipe import ProbeRecipe

MARKED = "marked"
"""The kind of what somebody has put between double brackets and no rule knows: it is asked for, and not ranked."""
MARKED_TITLE = Text("marked in a text", "文本中标出")
_MARK = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_STANDS_FOR = "[…]"


@dataclass(frozen=True)
class Secret:
    """An identifier of a row or a text, and what stands in front of it.

    Args:
        row: the id of the row, or where the text stands.
        kind: of identifier, or `MARKED`.
        before: the turns before its own; in none of them, nor in `begun`, it stands itself.
        role: whose turn it stands in.
        begun: that turn up to it.
        shown: the text around it, with nothing of it but its form.
    """

    row: str
    kind: str
    value: str
    before: tuple[Message, ...]
    role: str
    begun: str
    shown: str


def title_of(kind: str) -> Text:
    """Return what a user calls a kind; one whose plug-in is gone goes by its name."""
    known = kinds().get(kind)
    return MARKED_TITLE if kind == MARKED else known.title if known else Text(kind, kind)


def secrets_of(rows: Iterable[Row]) -> Iterator[Secret]:
    """Yield the identifiers of some rows."""
    for row in rows:
        for number, turn in enumerate(row.turns):
            yield from _secrets(row.id, row.turns[:number], turn, find(turn.content))


def secrets_of_texts(texts: Iterable[tuple[str, str]]) -> Iterator[Secret]:
    """Yield the identifiers of texts, `(where it stands, text)` each.

    What somebody has put between double brackets (`[[Karen Wilson]]`) is asked for, and nothing else of that text; else what
    the rules find. In front of a tab stands what is asked, and the text is its answer.

    >>> [(secret.value, secret.role) for secret in secrets_of_texts([("1", "Who is it?\\tIt is [[Karen Wilson]].")])]
    [('Karen Wilson', 'assistant')]
    """
    for where, text in texts:
        asked, tab, said = text.rpartition("\t")
        turns = (Message(role="user", content=asked),) if tab else ()
        plain, marks = _unmarked(said)
        turn = Message(role="assistant" if tab else "user", content=plain)
        found = find(plain)
        spans = [_named(mark, found) for mark in marks] or found
        yield from _secrets(where, turns, turn, spans, found)


def lines_of(path: Path) -> list[tuple[str, str]]:
    """Return the texts of a file, one a line, each with where it stands; empty lines are none.

    Raises:
        InputError: it cannot be read, or is no text.
    """
    lines = read_text(path)[0].splitlines()
    return [(f"{path.name}:{number}", line.strip(" ")) for number, line in enumerate(lines, 1) if line.strip()]


def choose_secrets(recipe: ProbeRecipe, dataset: Path | None, files: Sequence[Path]) -> list[Secret]:
    """Return what a recipe asks for, each identifier once, at most its limit, drawn by its seed.

    Args:
        dataset: where the recipe's dataset lies; None where it names none.
        files: where its files lie.

    Raises:
        InputError: there is nothing to ask for, or a file cannot be read.
    """
    texts = [(f"texts {number}", text) for number, text in enumerate(recipe.texts, 1)]
    for file in files:
        texts += lines_of(file)
    found: dict[str, Secret] = {}
    for secret in secrets_of_texts(texts):
        found.setdefault(secret.value, secret)
    if dataset is not None:
        for secret in secrets_of(read_rows(dataset, recipe.split)):
            found.setdefault(secret.value, secret)
    if not found:
        raise _nothing(recipe, dataset is not None)
    return sorted(found.values(), key=lambda each: hashlib.sha256(f"{recipe.seed}\0{each.value}".encode()).digest())[
        : recipe.limit
    ]


def _nothing(recipe: ProbeRecipe, has_dataset: bool) -> InputError:
    if not has_dataset:
        return InputError(
            Text("the texts hold no personal identifiers to ask for", "这些文本里没有个人身份信息，无法探测"),
            Text(
                "Give texts with the identifiers in them, as they stood in what the model learned; what the rules do not know, put "
                "between double brackets: `Call [[Karen Wilson]].`",
                "请填写含有身份信息的原文（模型学过的样子）；规则识别不了的内容，请用双方括号标出：`请联系[[王小红]]。`",
            ),
            "files" if recipe.files else "texts",
        )
    part = SPLITS[recipe.split]
    return InputError(
        Text(
            f"the {part.en.lower()} split of this dataset holds no personal identifiers to ask for",
            f"这个数据集的{part.zh}里没有个人身份信息，无法探测",
        ),
        Text(
            "Choose the dataset as it was before they were masked: what is asked for has to stand in it.",
            "请选择替换之前的数据集：要探测的内容必须在其中。",
        ),
        "dataset",
    )


def _secrets(
    where: str, before: Sequence[Message], turn: Message, spans: Sequence[Span], found: Sequence[Span] = ()
) -> Iterator[Secret]:
    """Yield what is asked for in a turn; what else was found there is hidden as well where it is shown."""
    for span in spans:
        value = turn.content[span.start : span.end]
        known = kinds().get(span.kind)
        stands_for = f"[{known.placeholder.en}]" if known else _STANDS_FOR
        said = tuple(Message(role=each.role, content=each.content.replace(value, stands_for)) for each in before)
        begun = turn.content[: span.start].replace(value, stands_for)
        rest = [span, *(other for other in (*spans, *found) if other != span)]
        yield Secret(where, span.kind, value, said, turn.role, begun, hidden(turn.content, rest))


def _unmarked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its double brackets, and where what stood between them begins and ends."""
    plain, marks, done = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[done : match.start()]
        marks.append((len(plain), len(plain) + len(match[1])))
        plain += match[1]
        done = match.end()
    return plain + text[done:], marks


def _named(mark: tuple[int, int], found: Sequence[Span]) -> Span:
    """Return what is marked by the kind that the rules find there, if they find the very same."""
    return next((span for span in found if span[1:] == mark), Span(MARKED, *mark))
