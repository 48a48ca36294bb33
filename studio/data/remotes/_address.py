"""Addresses of datasets on hubs, and which of a dataset's files one means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from studio.core.errors import InputError
from studio.core.text import Text

_FORM = re.compile(
    r"(?P<id>\w[\w.-]{0,95}/\w[\w.-]{0,95})(?::(?P<config>\w[\w.-]{0,95}))?(?:/(?P<part>[^@:]{1,300}))?"
    r"(?:@(?P<revision>\w[\w./-]{0,199}))?",
    re.ASCII,
)
_SUFFIXES = (".parquet", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xlsx", ".arrow", ".xml", ".txt", ".zip")
_NO_DATA = {
    "dataset_infos.json",
    "dataset_info.json",
    "dataset_dict.json",
    "state.json",
    "configuration.json",
    "requirements.txt",
    "license.txt",
}
_SPLITS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SHOWN = 12


@dataclass(frozen=True)
class Address:
    """A dataset on a hub: `OWNER/NAME`, with `:CONFIG`, `/SPLIT` or `/path/of/a/file.jsonl`, and `@REVISION` behind it."""

    id: str
    config: str = ""
    part: str = ""
    revision: str = ""

    @property
    def names_file(self) -> bool:
        return PurePosixPath(self.part).suffix.lower() in _SUFFIXES

    @property
    def folder(self) -> str:
        """The name of the folder that it is fetched into."""
        told = [self.id, self.config, self.part, self.revision]
        return "@".join(item.replace("/", "--") for item in told).rstrip("@")


def parse(text: str, scheme: str) -> Address:
    """Return an address. Raises InputError where it is none."""
    found = _FORM.fullmatch(text)
    if found is None or ".." in text:
        raise InputError(
            Text(
                f"'{scheme}://{text[:80]}' is no dataset on a hub; accepted: {scheme}://OWNER/NAME",
                f"“{scheme}://{text[:80]}”不是 Hub 上的数据集；应写作 {scheme}://所有者/名称",
            ),
            Text(
                f"Behind it may stand :CONFIG, /SPLIT or a file's path, and @REVISION: "
                f"{scheme}://OWNER/NAME:config/train@main",
                f"后面可加配置、划分（或文件路径）和 @版本，例如 {scheme}://OWNER/NAME:config/train@main",
            ),
        )
    return Address(**{name: value or "" for name, value in found.groupdict().items()})


def chosen(address: Address, files: Mapping[str, int], configs: Sequence[Mapping[str, Any]], scheme: str) -> list[str]:
    """Return the files that an address means.

    Args:
        files: what the hub has: sizes in bytes, by path.
        configs: as the dataset's card declares them; none where it does not.

    Raises:
        InputError: it means none, or leaves a choice; says which.
    """
    if address.names_file:
        if address.part in files:
            return [address.part]
        raise _none(f"file '{address.part}'", f"文件“{address.part}”", address, _data(files))
    splits = _splits(address, files, configs)
    if address.part:
        wanted = next((name for name, words in _SPLITS.items() if address.part in words), address.part)
        found = splits.get(address.part) or splits.get(wanted)
        if not found:
            raise _none(f"split '{address.part}'", f"划分“{address.part}”", address, splits)
        return found
    if len(splits) == 1:
        return next(iter(splits.values()))
    config = f":{address.config}" if address.config else ""
    several = ", ".join(f"{scheme}://{address.id}{config}/{name}" for name in splits)
    raise InputError(
        Text(
            f"{address.id} has several splits; say which: {several}",
            f"{address.id} 有多个划分，请指明：{several}",
        ),
        Text(
            "Give each a row of its own, with where it goes to: training, validation or test.",
            "请分别添加为一行，并选择划分到训练集、验证集还是测试集。",
        ),
    )


def _splits(address: Address, files: Mapping[str, int], configs: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the files of each split of the config that is meant."""
    declared = {str(config.get("config_name", "default")): config for config in configs}
    data = _data(files)
    if not declared:
        if address.config:
            data = [path for path in data if address.config in PurePosixPath(path).with_suffix("").parts]
        if not data:
            folders = {part for path in _data(files) for part in PurePosixPath(path).parts[:-1]}
            known = sorted(folders) if address.config else sorted(files)
            named = (
                (f"config '{address.config}'", f"配置“{address.config}”") if address.config else ("data", "数据文件")
            )
            raise _none(*named, address, known)
        splits: dict[str, list[str]] = {}
        for path in data:
            splits.setdefault(_split_of(path), []).append(path)
        return splits
    name = address.config or next(
        (name for name, config in declared.items() if config.get("default") or name == "default"),
        next(iter(declared)) if len(declared) == 1 else "",
    )
    if name not in declared:
        raise _none(f"config '{name}'" if name else "default config", f"配置“{name or 'default'}”", address, declared)
    given = declared[name].get("data_files") or f"{declared[name].get('data_dir', '**')}/*"
    items = given if isinstance(given, list) else [given]
    parts = [item if isinstance(item, Mapping) else {"split": "train", "path": item} for item in items]
    return {
        str(part.get("split", "train")): [path for path in data if _matches(path, part.get("path", ""))]
        for part in parts
    }


def _matches(path: str, patterns: Any) -> bool:
    """Tell whether a path is one of a card's patterns, in which `**/` may stand for no folder at all."""
    each = patterns if isinstance(patterns, list) else [patterns]
    return any(fnmatch(path, str(one)) or fnmatch(path, str(one).replace("**/", "")) for one in each)


def _split_of(path: str) -> str:
    words = re.split(r"[^a-z]+", path.lower())
    return next((name for name, known in _SPLITS.items() if any(word in known for word in words)), "train")


def _data(files: Mapping[str, int]) -> list[str]:
    paths = (PurePosixPath(path) for path in sorted(files))
    return [
        str(path)
        for path in paths
        if path.suffix.lower() in _SUFFIXES
        and path.name.lower() not in _NO_DATA
        and not path.is_absolute()
        and not any(part.startswith(".") for part in path.parts)  # hidden ones, and what would lead elsewhere
    ]


def _none(en: str, zh: str, address: Address, known: Any) -> InputError:
    listed = ", ".join(list(known)[:_SHOWN]) or "-"
    return InputError(
        Text(f"{address.id} has no {en}; there are: {listed}", f"{address.id} 中没有{zh}；现有：{listed}"),
        Text(
            "Name one of these behind the address; a dataset that only code can load is not run: name its raw files.",
            "请在地址后面填写其中之一；本程序不会运行数据集自带的代码，这类数据集请直接填写其原始文件。",
        ),
    )
