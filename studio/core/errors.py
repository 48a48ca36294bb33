"""What the studio raises when something is wrong, and the words a user reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studio.core.text import Language, Text, both


class StudioError(Exception):
    """A failure we can explain: a message, where it is, and what to do.

    Args:
        message: what is wrong, naming what was given and what is accepted.
        hint: what to do about it.
        where: file, line or field, in front of the message.
    """

    exit_code = 1

    def __init__(self, message: Text, hint: Text | None = None, where: str = "") -> None:
        super().__init__(f"{where}: {message.en}" if where else message.en)
        self.message = message
        self.hint = hint
        self.where = where

    def to(self, language: Language) -> str:
        """Return the whole notice in a language, one line for the fault and one for the hint."""
        first = self.placed().to(language)
        return f"{first}\n{self.hint.to(language)}" if self.hint else first

    def placed(self) -> Text:
        """Return the message with the place in front."""
        return Text(*(f"{self.where}: {part}" if self.where else part for part in self.message))

    def dump(self) -> dict[str, object]:
        """Return the JSON form that `result.json` and `show --json` hold: type, message, hint."""
        message, hint = self.placed(), self.hint or both("")
        return {
            "type": type(self).__name__,
            "message": message.en,
            "hint": hint.en,
            "exit_code": self.exit_code,
            "zh": {"message": message.zh, "hint": hint.zh},
        }


def error_class(record: Mapping[str, object]) -> type[StudioError]:
    """Return which of the three broad classes an error's JSON form is of; StudioError for a crash."""
    named = next((one for one in _below(StudioError) if one.__name__ == record.get("type")), StudioError)
    if named is StudioError and record.get("exit_code") == InputError.exit_code:
        return InputError  # of a class that is not known here
    return next((broad for broad in (InputError, UnavailableError) if issubclass(named, broad)), StudioError)


def _below(above: type[StudioError]) -> Iterator[type[StudioError]]:
    for one in above.__subclasses__():
        yield one
        yield from _below(one)


class InputError(StudioError):
    """A user's mistake: a recipe, a file, a name. No traceback, exit code 2."""

    exit_code = 2


class UnavailableError(StudioError):
    """Something outside the studio does not answer or is full: a hub, a port, a disk. Exit code 2."""

    exit_code = 2


class OpenQuestionError(InputError):
    """Input that is as it should be, and that can be used once a question about it is answered."""


class ContextLengthError(InputError):
    """A prompt leaves no room for an answer."""

    @classmethod
    def of(cls, prompt_tokens: int, context: int, at_least: bool = False) -> ContextLengthError:
        """Return the error for a prompt of so many tokens, or at least so many."""
        en, zh = ("at least ", "至少 ") if at_least else ("", "")
        return cls(
            Text(
                f"the question is too long: {en}{prompt_tokens} tokens; question and answer together may have {context}.",
                f"提问太长：{zh}{prompt_tokens} 个 token，而提问和回答合计最多 {context} 个。",
            ),
            Text(
                "Shorten it, use fewer passages, or start a new conversation.",
                "请缩短提问、减少段落数，或点“新对话”。",
            ),
        )


class BrokenPluginError(InputError):
    """The file of a plug-in raises while it is loaded, or holds no such thing."""


class UnservableError(InputError):
    """What is to be served cannot be: a damaged model, say."""


class UnknownModelError(InputError):
    """There is no model, or no knowledge base, of a name."""


class NotAllowedError(InputError):
    """Whoever asks may not use a knowledge base."""


class BusyError(UnavailableError):
    """An engine has all the requests it takes; try again in a moment."""


class TooManyEnginesError(UnavailableError):
    """As many engines as may be are at work; one more cannot start."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a recipe or a data file.

    Args:
        where: the place as a shell shows it: `r.yaml line 3: steps.0.model`.
        message: what is wrong there.
        path: the recipe's keys that lead there, where it is one of a recipe's fields.
        line: the line of that field; 0 where the recipe does not write it.
    """

    where: str
    message: Text
    path: tuple[str | int, ...] = ()
    line: int = 0

    def to(self, language: Language) -> str:
        return f"{self.where}: {self.message.to(language)}"


class RecipeError(InputError):
    """Every fault of a recipe at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        lines = [Text(fault.to("en"), fault.to("zh")) for fault in faults]
        super().__init__(Text("\n".join(line.en for line in lines), "\n".join(line.zh for line in lines)))
