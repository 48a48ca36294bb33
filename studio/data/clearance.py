"""Whether a model may learn from a dataset: one with personal identifiers only after somebody said that it is meant."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.text import Text
from studio.data.checks.identifiers import AND
from studio.data.cleaning import FINDINGS_FILE
from studio.data.dataset_folder import ABOUT

CHECKS_KEY, CHECK_NAME = "checks", "identifiers"
"""Where `dataset.json` tells it: `checks: {identifiers: {action, said, rows, fixed, dropped}}`."""


def identified_rows(folder: Path) -> int:
    """Return how many rows of a dataset folder hold identifiers that its recipe says nothing of; 0 where none are told."""
    about = read_json(folder / ABOUT)
    checks = about.get(CHECKS_KEY) if isinstance(about, dict) else None
    found = checks.get(CHECK_NAME) if isinstance(checks, dict) else None
    if not isinstance(found, dict) or found.get("said"):
        return 0
    rows, fixed, dropped = (
        value if isinstance(value := found.get(name), int) else 0 for name in ("rows", "fixed", "dropped")
    )
    return max(0, rows - fixed - dropped)


def require_cleared(folder: Path) -> None:
    """Raise InputError where a dataset holds personal identifiers and its recipe does not say what is to be done."""
    rows = identified_rows(folder)
    if not rows:
        return
    kinds = _kinds(folder)
    en = "; ".join(f"{kind.en} {count:,}" for kind, count in kinds)
    zh = "；".join(f"{kind.zh} {count:,} 行" for kind, count in kinds)
    raise InputError(
        Text(
            f"{rows:,} of its rows hold personal identifiers{f' ({en})' if en else ''}, and a model would learn them by heart",
            f"其中 {rows:,} 行含有个人身份信息{f'（{zh}）' if zh else ''}，模型会把它们背下来",
        ),
        Text(
            "Make the dataset again and say in its recipe what to do: `clean: {identifiers: fix}` masks them, `drop` leaves "
            "the rows out, `count` keeps them and says that this is meant.",
            "请重新生成数据集，并在配方中写明如何处理：`clean: {identifiers: fix}` 用占位符替换，`drop` 丢弃这些行，"
            "`count` 原样保留，表示已确认允许用于训练。",
        ),
        str(folder),
    )


def _kinds(folder: Path) -> list[tuple[Text, int]]:
    """Return how many findings name each kind of identifier, the most frequent first."""
    counted: Counter[Text] = Counter()
    path = folder / FINDINGS_FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if f'"{CHECK_NAME}"' not in line:
                continue
            found = json.loads(line)
            if found.get("check") == CHECK_NAME:
                kind = Text.load(found.get("kind", ""))
                counted.update(map(Text, kind.en.split(AND), kind.zh.split(AND)))
    return counted.most_common()
