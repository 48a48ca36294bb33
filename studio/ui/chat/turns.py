"""The turns of a conversation, as the page keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from studio.answering.modes.base import Prompt
from studio.core.records import Message, Passage
from studio.core.text import Text

NOTHING = Text("", "")


@dataclass(frozen=True)
class Turn:
    """A question with its answer.

    Args:
        question: what was asked.
        answer: what has come so far.
        passages: what the model was shown, in the order of their numbers.
        note: how it stands: a waiting word, why it ended early, the model's name.
        warning: what its reader should know, the remedy on a line of its own; empty where there is nothing.
        fault: the error that ended it, message and hint on lines of their own; empty where none did.
        busy: whether more is coming.
    """

    question: str
    answer: str = ""
    passages: tuple[Passage, ...] = ()
    note: Text = NOTHING
    warning: Text = NOTHING
    fault: Text = NOTHING
    busy: bool = False

    def ended(self, note: Text = NOTHING) -> Turn:
        """Return the turn as it stands, with nothing more coming."""
        return replace(
            self, busy=False, note=note if note.en else NOTHING if self.busy and not self.answer else self.note
        )


def dump(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return the JSON form, as the browser keeps it."""
    return [
        {
            **asdict(turn),
            "passages": [item.model_dump() for item in turn.passages],
            "note": turn.note.dump(),
            "warning": turn.warning.dump(),
            "fault": turn.fault.dump(),
        }
        for turn in turns
    ]


def load(value: Any) -> list[Turn]:
    """Read the JSON form back; what does not fit (kept by an older studio) is left out."""
    turns = []
    for item in value if isinstance(value, list) else []:
        try:
            kept = dict(item)
            passages = tuple(Passage.model_validate(passage) for passage in kept.pop("passages", ()))
            note, warning, fault = (Text.load(kept.pop(name, "")) for name in ("note", "warning", "fault"))
            turns.append(Turn(**kept, passages=passages, note=note, warning=warning, fault=fault).ended())
        except (TypeError, ValueError, AttributeError):
            continue
    return turns


def conversation(turns: Sequence[Turn], most: int = 6) -> Prompt:
    """Return the last turns as a prompt that asks the last one; a turn that failed is passed over."""
    told: list[Message] = []
    for turn in turns[-most:]:
        if turn is turns[-1] or turn.answer:
            told.append(Message(role="user", content=turn.question))
        if turn is not turns[-1] and turn.answer:
            told.append(Message(role="assistant", content=turn.answer))
    return Prompt(told)
