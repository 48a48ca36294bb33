"""What a model id may name: `NAME`, or `NAME@KNOWLEDGE` for answers with retrieval."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from studio.api.errors import ApiError
from studio.api.keys import Key
from studio.api.ring import ANYONE
from studio.core.modelcard import fetched, find_model_folder
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.engines.pool import served_models
from studio.runs.names import knowledge_names, model_names
from studio.runs.store import RunStore

OWNER = "medqa-studio"
_RECENT_S = 2.0
_LISTED = 12


@dataclass(frozen=True)
class Target:
    """A model, and the knowledge base it answers from, if any."""

    model: str
    knowledge: str = ""

    @property
    def id(self) -> str:
        return f"{self.model}@{self.knowledge}" if self.knowledge else self.model


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
    """The names of a workspace. Reading them goes through every run, so that a request uses what the last one read,
    for up to two seconds; a name that is not among them is looked for anew before it is refused."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._names: _Names | None = None

    def targets(self, key: Key = ANYONE) -> list[Target]:
        """Return every model that is here, alone and with each knowledge base that the key opens."""
        names = self._read()
        opened = [name for name in names.knowledge if key.may_use(name)]
        pairs = (Target(model, name) for model in names.models for name in opened)
        return [*(Target(model) for model in names.models), *pairs]

    def find(self, identifier: str, key: Key = ANYONE) -> Target:
        """Return what a model id names; an empty one, the default: the newest trained model, else the first fetched.

        Only names are accepted, and the hub ids of fetched models: a path never leads out of the workspace.

        Raises:
            ApiError: 404 there is no such model or knowledge base; 403 the key does not open that knowledge base.
        """
        recent = self._names
        if recent is not None and time.monotonic() - recent.read < _RECENT_S:
            found = self._find(recent, identifier, key)
            if isinstance(found, Target):
                return found
        found = self._find(self._read(), identifier, key)
        if isinstance(found, ApiError):
            raise found
        return found

    def cards(self, targets: list[Target]) -> list[dict[str, object]]:
        """Return OpenAI's model objects; `created` is when the model was trained or fetched."""
        dates = {folder.name: _changed(folder) for folder in fetched(self._workspace)}
        for entry in reversed(list(RunStore(self._workspace).finished("model"))):
            dates[entry.name] = int(entry.created)
        return [
            {"id": target.id, "object": "model", "created": dates.get(target.model, 0), "owned_by": OWNER}
            for target in targets
        ]

    def _read(self) -> _Names:
        self._names = _Names.now(self._workspace)
        return self._names

    def _find(self, names: _Names, identifier: str, key: Key) -> Target | ApiError:
        name, at, knowledge = identifier.strip().partition("@")
        if not names.models:
            return _unknown(
                Text(
                    "there is no model here yet; fetch one (`python -m studio models fetch ID`) or train one",
                    "这里还没有模型；请先获取（`python -m studio models fetch ID`）或训练一个",
                )
            )
        model = name or names.models[0]
        if model not in names.models:
            folder = find_model_folder(self._workspace, name) if "/" in name else None
            if folder is None or folder.name not in names.models:
                return _unknown(_none("model", "模型", name, names.models))
            model = folder.name
        if not at:
            return Target(model)
        if knowledge and not key.may_use(knowledge):
            return _not_allowed(knowledge, key)
        opened = [base for base in names.knowledge if key.may_use(base)]
        if knowledge not in opened:
            return _unknown(_none("knowledge base", "知识库", knowledge, opened))
        return Target(model, knowledge)


def _changed(folder: Path) -> int:
    """Return when a model's folder was filled, in seconds since the epoch; 0 where it is gone meanwhile."""
    try:
        return int((folder / "config.json").stat().st_mtime)
    except FileNotFoundError:
        return 0


def _none(noun: str, chinese: str, given: str, known: list[str]) -> Text:
    more = ", ..." if len(known) > _LISTED else ""
    listed = (", ".join(known[:_LISTED]) or "-") + more
    return Text(
        f"there is no {noun} '{given[:100]}' here; there are: {listed}",
        f"这里没有{chinese}“{given[:100]}”；现有：{listed}",
    )


def _unknown(message: Text) -> ApiError:
    return ApiError(404, message, param="model", code="model_not_found")


def _not_allowed(knowledge: str, key: Key) -> ApiError:
    given = knowledge[:100]
    message = Text(
        f"this API key does not open the knowledge base '{given}'; it opens: {', '.join(key.knowledge)}",
        f"这个 API 密钥不能使用知识库“{given}”；可以使用：{'、'.join(key.knowledge)}",
    )
    return ApiError(403, message, param="model", code="knowledge_not_allowed")
