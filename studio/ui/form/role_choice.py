"""The choice of what a column means, as a user sees it: roles by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.text import Text
from studio.data.roles import IGNORED, LABELS, OPTION, ROLES, title_of
from studio.ui.context import Context

_OPTIONS = tuple(f"{OPTION} {letter}" for letter in "ABCDE")
_GROUPS: Sequence[tuple[Text, Sequence[str]]] = (
    (Text("Question", "问题"), ("question", "input", "title", "description", "context", "history", "system", "messages", "cases")),
    (Text("Answer", "答案"), ("answer", "gold", "decision", "explanation", "thought", "accepted")),
    (Text("Options", "选项"), ("options", *_OPTIONS)),
    (Text("Comparison and judgement", "对比与评判"), ("chosen", "rejected", "verdict", "candidate", "criteria", "optional_criteria")),
    (Text("Labels", "标签"), ("id", "group", *LABELS)),
)  # fmt: skip
_OTHERS = Text("Other", "其他")


@dataclass(frozen=True)
class Group:
    """Roles of one sort, `(name, title)` each."""

    title: str
    roles: Sequence[tuple[str, str]]


def groups(context: Context, given: str = "") -> list[Group]:
    """Return what a column may be said to mean; among it what the recipe says, and every role that there is."""
    listed = {role for _, roles in _GROUPS for role in roles}
    others = [role for role in ROLES if role not in listed and role != OPTION]
    if given not in ("", IGNORED, *listed, *others):
        others.append(given)
    shown = [*_GROUPS, *([(_OTHERS, others)] if others else [])]
    return [
        Group(context.text(title), [(role, context.text(title_of(role))) for role in roles if _is_known(role)])
        for title, roles in shown
    ]


def _is_known(role: str) -> bool:
    return role in ROLES or role.startswith(f"{OPTION} ")
