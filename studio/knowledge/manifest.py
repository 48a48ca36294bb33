"""What a knowledge base is made of, written beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.core.errors import InputError
from studio.core.files import read_json, write_json
from studio.core.text import Text

FORMAT: Literal[1] = 1  # counted up whenever words are cut or files are kept in another way


class ManifestPart(BaseModel):
    """Shared settings: unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EmbedderEntry(ManifestPart):
    """The embedding model: as the recipe gives it, where it was (relative to the workspace), and what it was."""

    given: str
    path: str
    sha256: str
    dimension: int


class ChunkerEntry(ManifestPart):
    """How texts were cut: the chunker's name, with its own options beside it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str


class SourceEntry(ManifestPart):
    """A file that was read, by the name that passages cite."""

    name: str
    path: str
    sha256: str
    characters: int
    passages: int


class Manifest(ManifestPart):
    """A knowledge base."""

    format: Literal[1] = FORMAT
    name: str
    created: str
    embedder: EmbedderEntry
    chunker: ChunkerEntry
    passages: int
    sources: list[SourceEntry]
    versions: dict[str, str]

    def save(self, folder: Path) -> None:
        write_json(folder / "manifest.json", self.model_dump(mode="json"))

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read a knowledge base's manifest.

        Raises:
            InputError: the folder is no knowledge base, or one of another format.
        """
        values = read_json(folder / "manifest.json")
        again = Text(
            "Build it again on the Knowledge tab (or with a `kind: knowledge` recipe).",
            "请在“知识库”页重新构建（或使用 `kind: knowledge` 配方）。",
        )
        if values is None:
            raise InputError(
                Text("this is no knowledge base: it has no manifest.json", "这不是知识库：缺少 manifest.json"),
                again,
                str(folder),
            )
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise InputError(
                Text(
                    f"the manifest is not one of this version's ({field}: {first['msg']})",
                    f"清单与当前版本不符（{field}：{first['msg']}）",
                ),
                again,
                str(folder / "manifest.json"),
            ) from error
