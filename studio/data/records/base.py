"""What every row of a dataset answers for itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

from pydantic import Field

from studio.core.records import Message, Record
from studio.core.text import Text


class RowOrigin(Record):
    """Where a row came from, so that every one can be traced back to its line."""

    file: str
    line: int = Field(description="1-based line of the row's beginning in the file")


class Row(Record):
    """A row of a dataset. The texts it returns are as they were written: who compares them makes them comparable.

    Class variables:
        record: what `dataset.json` calls rows of this class.
        noun: what a user calls one.
        forms: the forms that the data card counts apart, with their headings.
        serves: what it can be learned from or asked for: `sft`, `dpo`, `kto`, `choice`, `open`, `rubric`.
        prose: the fields that hold texts somebody wrote, beside `labels` and `family`.
        replies: those of them that hold what is taught as an answer.

    Args:
        labels: what the file says of it: department, level, year, type.
        family: what it has in common with others that must stay in its part: the case it is about.
        source: the raw file and line that it came from, through however many datasets.
        also: where the rows stand that were merged with it.
    """

    record: ClassVar[str]
    noun: ClassVar[Text]
    forms: ClassVar[Mapping[str, Text]] = {}
    serves: ClassVar[frozenset[str]] = frozenset()
    prose: ClassVar[tuple[str, ...]] = ()
    replies: ClassVar[tuple[str, ...]] = ()

    id: str
    labels: dict[str, str] = Field(default_factory=dict)
    family: str = ""
    source: RowOrigin | None = None
    also: tuple[RowOrigin, ...] = ()

    @property
    def form(self) -> str:
        """The one of `forms` that this row has; empty where the class has none."""
        return ""

    @property
    @abstractmethod
    def asked(self) -> tuple[str, ...]:
        """What is asked; the order of the texts behind the first says nothing."""

    @property
    @abstractmethod
    def answered(self) -> tuple[str, ...]:
        """What is to be learned as the answer; the order of the texts says nothing."""

    @property
    def one_answer(self) -> bool:
        """Whether two rows that ask the same and answer differently contradict each other."""
        return False

    @property
    def letters(self) -> str:
        """The letters of the right options; empty where it has none."""
        return ""

    @property
    @abstractmethod
    def shared(self) -> str:
        """The text that no row of another part may have: who learned one of the two would know the other."""

    @property
    @abstractmethod
    def turns(self) -> tuple[Message, ...]:
        """The conversation to learn from; the loss falls on the assistant's turns."""

    def without_thought(self) -> Self:
        """Return the row without the reasoning that stands in front of its answers; itself where there is none."""
        return self

    def texts(self) -> Iterator[str]:
        """Yield every text that somebody wrote, in reading order; letters of right options are none."""
        for name in self._written():
            value = getattr(self, name)
            if not value:  # as most fields
                continue
            if isinstance(value, str):
                yield value
            else:
                yield from _texts(value)

    def rewritten(self, write: Callable[[str], str]) -> Self:
        """Return the row with `write` done to each of `texts`; itself where that changes nothing."""
        before = {name: getattr(self, name) for name in self._written()}
        after = {name: _rewritten(value, write) for name, value in before.items()}
        changed = {name: value for name, value in after.items() if value != before[name]}
        return self.model_copy(update=changed) if changed else self

    def answers(self) -> tuple[str, ...]:
        """Return the texts that are taught as answers, as somebody wrote them; right options and bad answers are none."""
        return tuple(text for name in self.replies if (text := getattr(self, name)))

    def reanswered(self, write: Callable[[str], str]) -> Self:
        """Return the row with `write` done to each of `answers`; itself where that changes nothing."""
        after = {name: write(before) for name in self.replies if (before := getattr(self, name))}
        changed = {name: value for name, value in after.items() if value != getattr(self, name)}
        return self.model_copy(update=changed) if changed else self

    def _written(self) -> tuple[str, ...]:
        return (*self.prose, "family", "labels")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, Record):
        yield from _texts(getattr(value, _text_of(value)))
    else:
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def _rewritten(value: Any, write: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return write(value) if value else value
    if isinstance(value, Record):
        name = _text_of(value)
        return value.model_copy(update={name: write(getattr(value, name))})
    if isinstance(value, Mapping):
        return {key: _rewritten(item, write) for key, item in value.items()}
    return tuple(_rewritten(item, write) for item in value)


def _text_of(record: Record) -> str:
    """Return the field of a part of a row that holds its text: a turn's, or a criterion's."""
    return "content" if isinstance(record, Message) else "text"
