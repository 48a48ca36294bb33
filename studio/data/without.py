"""Rows that a dataset is made without: what a leak report found, by the rows' ids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from studio.core.errors import InputError
from studio.core.jsonl import JsonLines
from studio.core.option import option
from studio.core.text import Text
from studio.data.conversion import Dropped
from studio.data.leaks.leak import LEAKS_FILE, SORTS


class Without(BaseModel):
    """Which leaks of a report to leave out: all of some sorts, or those on some lines; all where neither is said."""

    model_config = ConfigDict(extra="forbid")

    leaks: str = option(
        ...,
        label=Text("Leak report", "泄漏检查报告"),
        help=Text(
            "The report on the dataset whose own files are the sources.", "针对作为来源的那个数据集的泄漏检查报告。"
        ),
        refers="leaks",
        min_length=1,
    )
    sorts: list[Literal["exact", "contained", "near", "overlap"]] = option(
        [],
        label=Text("Sorts", "匹配类型"),
        help=Text("Leave out these sorts of leaks; empty: any.", "去除哪些匹配类型的泄漏；留空表示全部类型。"),
        names=SORTS,
    )
    lines: list[int] = option(
        [],
        label=Text("Lines", "行号"),
        help=Text(
            "Leave out the leaks on these lines of leaks.jsonl, from 1; empty: on any.",
            "去除 leaks.jsonl 中这些行（从 1 开始）的泄漏；留空表示全部行。",
        ),
    )

    def rows(self, folder: Path) -> dict[str, Dropped]:
        """Return the ids of the rows to leave out, each with the reason.

        Raises:
            InputError: the report names no such leak.
        """
        found: dict[str, Dropped] = {}
        for number, leak in enumerate(JsonLines(folder / LEAKS_FILE).read(), 1):
            if (not self.sorts or leak["sort"] in self.sorts) and (not self.lines or number in self.lines):
                found.setdefault(str(leak["row"]["record"]["id"]), leaked(leak["test"], leak["sort"]))
        if not found:
            raise InputError(
                Text("the leak report names none of these leaks", "泄漏检查报告中没有这些泄漏"),
                Text("Choose leaks that stand in it, or leave 'without' away.", "请选择报告中的泄漏，或去掉 without。"),
                "without",
            )
        return found


def leaked(test: Mapping[str, Any], sort: str) -> Dropped:
    """Return why a row is left out that gives a test question away.

    Args:
        test: where the question stands: its `dataset`, `split` (empty of a file) and `line`.
    """
    said = SORTS[sort]
    places = [str(test[name]) for name in ("dataset", "split") if test[name]]
    return Dropped(
        Text(
            f"it gives away {' '.join(places)} line {test['line']}: {said.en}",
            f"泄漏了 {' 的 '.join(places)} 第 {test['line']} 行：{said.zh}",
        ),
        Text(f"it gives a test question away: {said.en}", f"泄漏了测试题：{said.zh}"),
    )
