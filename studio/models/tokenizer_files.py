"""What a tokenizer's files say, read without loading it: its control tokens, its named ones, its chat template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core.files import read_json

CONFIG = "tokenizer_config.json"
TEMPLATE = "chat_template.jinja"
_VOCABULARIES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json")
_HEAD = 4_000_000  # characters of tokenizer.json in which its added tokens stand


@dataclass(frozen=True)
class TokenizerFiles:
    """A folder's tokenizer.

    Args:
        present: whether there is a vocabulary at all.
        names: the tokens with a name, `eos_token` among them, by it.
        controls: the ids of all tokens that stand beside the vocabulary proper, by their text.
        template: the chat template; empty where there is none.
    """

    present: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    controls: Mapping[str, int] = field(default_factory=dict)
    template: str = ""


def tokenizer_files(folder: Path) -> TokenizerFiles:
    """Read a folder's tokenizer files; one that holds none has no tokenizer."""
    config = read_json(folder / CONFIG) or {}
    names = {**_named(read_json(folder / "special_tokens_map.json") or {}), **_named(config)}
    return TokenizerFiles(
        any((folder / name).is_file() for name in _VOCABULARIES),
        names,
        dict(_controls(folder, config)),
        _template(folder, config),
    )


def _named(values: Mapping[str, Any]) -> dict[str, str]:
    found = {name: _text(value) for name, value in values.items() if name.endswith("_token")}
    return {name: text for name, text in found.items() if text}


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("content", ""))
    return value if isinstance(value, str) else ""


def _controls(folder: Path, config: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for text, id in (read_json(folder / "added_tokens.json") or {}).items():
        if isinstance(id, int):
            yield text, id
    for held in _added(folder / "tokenizer.json"):
        if isinstance(held, Mapping) and isinstance(held.get("id"), int):
            yield _text(held), held["id"]
    decoder = config.get("added_tokens_decoder")
    for number, held in decoder.items() if isinstance(decoder, Mapping) else ():
        if str(number).isdigit():
            yield _text(held), int(number)


def _added(file: Path) -> list[Any]:
    """Return `added_tokens` of a tokenizer.json, which stand at its beginning: the rest is megabytes."""
    try:
        with file.open(encoding="utf-8") as stream:
            head = stream.read(_HEAD)
        _, key, after = head.partition('"added_tokens"')
        found, _ = json.JSONDecoder().raw_decode(after.lstrip(" \n\r\t:")) if key else ([], 0)
    except (OSError, ValueError, RecursionError):
        found = (read_json(file) or {}).get("added_tokens")
    return found if isinstance(found, list) else []


def _template(folder: Path, config: Mapping[str, Any]) -> str:
    try:
        return (folder / TEMPLATE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        pass
    held = config.get("chat_template") or (read_json(folder / "chat_template.json") or {}).get("chat_template")
    if isinstance(held, list):  # several by name, as some models that call tools have them
        by_name = {item.get("name"): item.get("template") for item in held if isinstance(item, Mapping)}
        held = by_name.get("default")
    return held if isinstance(held, str) else ""
