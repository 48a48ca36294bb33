"""What a model id may name: `NAME` (or a checkpoint, `NAME:best`), or `NAME@KNOWLEDGE` for answers with retrieval."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.answering.system import Target
from studio.core.errors import InputError, NotAllowedError, UnknownModelError
from studio.core.modelcard import ADAPTER_CONFIG, CONFIG, fetched, find_model_folder, is_adapter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.engines.pool import served_models
from studio.runs import references
from studio.runs.kinds import KINDS
from studio.runs.names import knowledge_names, model_names
from studio.runs.store import RunStore

Allowed = Callable[[str], bool]
"""Tells whether whoever asks may use a knowledge base, by its name."""

OWNER = "medqa-studio"
_RECENT_S = 2.0
_LISTED = 12


def anything(knowledge: str) -> bool:
    """Allow every knowledge base."""
    return True


@dataclass(frozen=True)
class _Names:
    """What there was at a moment (monotonic seconds)."""

    models: list[str]
    knowledge: list[str]
    read: float

    @classmethod
    def now(cls, workspace: Workspace) -> _Names:
        models = dict.fromkeys([*model_names(workspace), *served_models(workspace)])
        return cls(list(models), knowledge_names(workspace), time.monotonic())


class Catalogue:
    """The names of a workspace. Reading them opens the recipe of every engine that is up, so that a request uses what the
    last one read, for up to two seconds; a name that is not among them is looked for anew before it is refused."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._names: _Names | None = None

    def targets(self, allowed: Allowed = anything) -> list[Target]:
        """Return every model that is here, alone and with each knowledge base that is allowed."""
        names = self._read()
        opened = [name for name in names.knowledge if allowed(name)]
        pairs = (Target(model, name) for model in names.models for name in opened)
        return [*(Target(model) for model in names.models), *pairs]

    def find(self, identifier: str, allowed: Allowed = anything) -> Target:
        """Return what a model id names; an empty one, the default: the newest trained model, else the first fetched.

        Only names are accepted, and the hub ids of fetched models: a path never leads out of the workspace.

        Raises:
            UnknownModelError: there is no such model or knowledge base.
            NotAllowedError: that knowledge base is not allowed.
        """
        recent = self._names
        if recent is not None and time.monotonic() - recent.read < _RECENT_S:
            found = self._find(recent, identifier, allowed)
            if isinstance(found, Target):
                return found
        found = self._find(self._read(), identifier, allowed)
        if isinstance(found, InputError):
            raise found
        return found

    def cards(self, targets: list[Target]) -> list[dict[str, object]]:
        """Return OpenAI's model objects; `created` is when the model was trained or fetched."""
        dates = {folder.name: _changed(folder) for folder in fetched(self._workspace)}
        for entry in reversed(list(RunStore(self._workspace).finished(*KINDS.makers("model")))):
            dates[entry.name] = int(entry.created)
        return [
            {"id": target.id, "object": "model", "created": dates.get(target.model, 0), "owned_by": OWNER}
            for target in targets
        ]

    def _read(self) -> _Names:
        self._names = _Names.now(self._workspace)
        return self._names

    def _find(self, names: _Names, identifier: str, allowed: Allowed) -> Target | InputError:
        name, at, knowledge = identifier.strip().partition("@")
        if not names.models:
            return UnknownModelError(
                Text(
                    "there is no model here yet; fetch one (`python -m studio models fetch ID`) or train one",
                    "这里还没有模型；请先获取（`python -m studio models fetch ID`）或训练一个",
                )
            )
        model = name or names.models[0]
        if model not in names.models and not self._is_checkpoint(model):
            folder = find_model_folder(self._workspace, name) if "/" in name else None
            if folder is None or folder.name not in names.models:
                return UnknownModelError(_none("model", "模型", name, names.models))
            model = folder.name
        if not at:
            return Target(model)
        opened = [base for base in names.knowledge if allowed(base)]
        if knowledge and not allowed(knowledge):
            return _not_allowed(knowledge, opened)
        if knowledge not in opened:
            return UnknownModelError(_none("knowledge base", "知识库", knowledge, opened))
        return Target(model, knowledge)

    def _is_checkpoint(self, model: str) -> bool:
        """Tell whether an id names a checkpoint of a training: `NAME:best`, `NAME:step-100`."""
        if references.bare(model) == model:
            return False
        try:
            return bool(references.resolve(self._workspace, "model", model).run)
        except InputError:
            return False


def _changed(folder: Path) -> int:
    """Return when a model's folder was filled, in seconds since the epoch; 0 where it is gone meanwhile."""
    try:
        config = folder / ADAPTER_CONFIG if is_adapter(folder) else folder / CONFIG
        return int(config.stat().st_mtime)
    except FileNotFoundError:
        return 0


def _none(noun: str, chinese: str, given: str, known: list[str]) -> Text:
    more = ", ..." if len(known) > _LISTED else ""
    listed = (", ".join(known[:_LISTED]) or "-") + more
    return Text(
        f"there is no {noun} '{given[:100]}' here; there are: {listed}",
        f"这里没有{chinese}“{given[:100]}”；现有：{listed}",
    )


def _not_allowed(knowledge: str, opened: list[str]) -> NotAllowedError:
    given = knowledge[:100]
    return NotAllowedError(
        Text(
            f"this API key does not open the knowledge base '{given}'; it opens: {', '.join(opened) or '-'}",
            f"这个 API 密钥不能使用知识库“{given}”；可以使用：{'、'.join(opened) or '-'}",
        )
    )
