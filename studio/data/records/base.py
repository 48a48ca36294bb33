"""What every row of a dataset answers for itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

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
    """

    record: ClassVar[str]
    noun: ClassVar[Text]
    forms: ClassVar[Mapping[str, Text]] = {}

    id: str

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
    @abstractmethod
    def shared(self) -> str:
        """The text that no row of another part may have: who learned one of the two would know the other."""

    @property
    @abstractmethod
    def turns(self) -> tuple[Message, ...]:
        """The conversation to learn from; the loss falls on the assistant's turns."""
