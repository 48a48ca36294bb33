"""What a dataset is made from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import field_validator

from studio.core.choice import Choice, Chosen
from studio.core.errors import Fault
from studio.core.option import called, option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.data.checks import CHECKS
from studio.data.checks.base import Action
from studio.data.conversion import DROP, KEEP
from studio.data.dataset_folder import KEPT
from studio.data.exporters import EXPORTERS
from studio.data.leaks.portion import PORTIONS
from studio.data.source_file import SourceFile
from studio.data.without import Without

BY_ANSWER = "answer"
"""What a recipe is stratified by where it is the letter of the right option."""
_MOST = {"val": 0.5, "test": 0.9}


class DatasetRecipe(Recipe):
    """Raw files to a dataset."""

    kind: Literal["dataset"] = "dataset"
    sources: list[SourceFile] = option(
        ...,
        label=Text("Files", "文件"),
        help=Text("The raw files, each with its layout.", "原始文件及其格式。"),
        min_length=1,
    )
    clean: dict[str, Action] = option(
        {},
        label=Text("Checks", "数据检查"),
        help=Text(
            "What is done where a check finds something: {html: fix, advertisement: drop, links: count, too_short: off}. A check "
            "that is not named fixes what it surely can, and else counts.",
            "检查项发现问题时的处理方式：{html: fix, advertisement: drop, links: count, too_short: off}（修正、丢弃、仅统计、关闭）。"
            "没有写到的检查项，能可靠修正的会修正，其余只统计。",
        ),
    )
    val: float = option(
        0.05,
        label=Text("Validation share", "验证集比例"),
        help=Text(
            "Share of the automatically split rows that is for validation, or their number: 0.05, or 500.",
            "自动划分时，验证集所占比例或行数，如 0.05 或 500。",
        ),
        ge=0,
    )
    test: float = option(
        0.1,
        label=Text("Test share", "测试集比例"),
        help=Text(
            "Share of the automatically split rows that is for testing, or their number: 0.1, or 1000.",
            "自动划分时，测试集所占比例或行数，如 0.1 或 1000。",
        ),
        ge=0,
    )
    near_duplicates: Literal["together", "merge", "off"] = option(
        "together",
        names={
            "together": Text("Keep in one split", "划到同一部分"),
            "merge": Text("Merge", "合并"),
            "off": Text("Do not look for them", "不查找"),
        },
        label=Text("Near duplicates", "近似重复"),
        help=Text(
            "Questions in nearly the same words, and those that begin with the same case, are one family: no split tears "
            "them apart. Merge takes one of those that also say the same: the same numbers, options and answer.",
            "措辞几乎相同的题目以及共用题干的题目算作一组，不会被拆到不同划分中。"
            "“合并”还会把意思也相同（数字、选项和答案都一致）的只保留一条。",
        ),
    )
    test_sets: list[str] = option(
        [],
        label=Text("Test sets", "测试集"),
        help=Text(
            "Datasets, or files of questions, that models trained on this one will be tested on: rows that give their "
            "questions away are found. Rows that go to the Test split are not looked at.",
            "用本数据集训练的模型将用哪些数据集（或题目文件）来测试：会查出泄漏这些测试题的行。划到测试集的行不检查。",
        ),
        refers="dataset",
        or_file=True,
    )
    leaks: Literal["report", "remove"] = option(
        "report",
        names={"report": Text("Report", "报告"), "remove": Text("Leave out", "去除")},
        label=Text("Leaked test questions", "泄漏的测试题"),
        help=Text(
            "What is done about rows that give questions of the test sets away: Report lists them side by side, Leave out "
            "drops them by rule, and any can be put back.",
            "对泄漏测试题的行如何处理：“报告”会左右对照列出；“去除”按规则丢弃，需要时可以放回。",
        ),
    )
    test_split: Literal["train", "val", "test", "all"] = option(
        "test",
        names=PORTIONS,
        label=Text("Split of the test sets", "测试集所用划分"),
        help=Text(
            "Which rows of the datasets among the test sets are test questions; of a file, all are.",
            "测试集是数据集时，取其中哪个划分作为测试题；是文件时，全部都是。",
        ),
        advanced=True,
    )
    family: str = option(
        "",
        label=Text("Keep together by", "按列分组"),
        help=Text(
            "A column or label whose rows stay in one split: patient_id, document. Empty: none.",
            "该列（或标签）取值相同的行不会拆到不同划分中，如 patient_id、document；留空则不用。",
        ),
        advanced=True,
    )
    stratify: str = option(
        "",
        label=Text("Stratify by", "分层依据"),
        help=Text(
            "A label or column whose values each split is to hold in the same shares: department, type; or answer, for the "
            "letter of the right option. Empty: none.",
            "让各划分中该标签（或列）各取值的占比一致，如 department、type；填 answer 则按正确选项的字母。留空则不分层。",
        ),
        advanced=True,
    )
    similarity: float = option(
        0.8,
        label=Text("Near from", "近似阈值"),
        help=Text(
            "The share of their character runs that near duplicates have in common (Jaccard), at least.",
            "两道题的相邻字组合至少有多大比例相同（Jaccard）才算近似重复。",
        ),
        ge=0.5,
        le=1,
        advanced=True,
    )
    ladder: list[int] = option(
        [],
        label=Text("Training subsets", "训练子集"),
        help=Text(
            "Numbers of training rows, each part of the next: [1000, 10000]. Training on so many rows takes them; "
            "validation and test stay the same. Families may be cut: only the training split is.",
            "训练集的嵌套子集行数，小的包含在大的里面，如 [1000, 10000]。训练时选用相应行数即可，验证集和测试集不变。"
            "同一组的行可能只有一部分在子集里：子集只取自训练集。",
        ),
        advanced=True,
    )
    limit: int | None = option(
        None,
        label=Text("At most", "最多行数"),
        help=Text(
            "Take only this many good rows of each file, drawn from all of it; empty takes all. A smaller sample is part "
            "of a larger one.",
            "每个文件最多取多少条有效数据，从全部数据中抽样；留空则取全部。较小的样本总包含在较大的样本中。",
        ),
        ge=1,
        advanced=True,
    )
    seed: int = option(
        42,
        label=Text("Seed", "随机种子"),
        help=Text(
            "Same seed, same split and same samples; another one deals the rows out anew.",
            "种子相同，则划分和抽样相同；换一个种子则重新划分。",
        ),
        ge=0,
        le=2**63 - 1,
        advanced=True,
    )

    thought: Literal["keep", "drop"] = option(
        "keep",
        names={KEEP: Text("Keep", "保留"), DROP: Text("Leave out", "去掉")},
        label=Text("Chain of thought", "思维链"),
        help=Text(
            "The reasoning before an answer, in a column of its own or in <think>: Keep teaches it in front of the answer.",
            "答案之前的推理过程（单独一列或写在 <think> 中）：保留时，会放在答案前面一起训练。",
        ),
        advanced=True,
    )

    restore: list[str] = option(
        [],
        label=Text("Put back", "放回"),
        help=Text(
            "Rows that would be left out by rule or as duplicates, and are wanted: where one stands (a.jsonl:12), or the "
            "reason that several have, as the list of those left out has them. What cannot be read stays out.",
            "按规则丢弃或因重复而未采用、但仍要使用的行：填写某一行的位置（a.jsonl:12），或未采用列表中的某个原因"
            "（放回该原因的所有行）。无法读取的行不能放回。",
        ),
        advanced=True,
    )

    without: Without | None = option(
        None,
        label=Text("Without", "去除"),
        help=Text(
            "Leave out the rows that a leak report found: {leaks: my-leaks, sorts: [exact]}. The sources are then the "
            "files of the dataset that it is about, each with layout: studio.",
            "去除泄漏检查查到的行：{leaks: my-leaks, sorts: [exact]}。此时数据来源应为报告所针对的数据集自身的文件，"
            "且每个来源都写 layout: studio。",
        ),
        shown=False,
    )

    exports: list[Annotated[Chosen, Choice(EXPORTERS)]] = option(
        [],
        label=Text("Exports", "导出"),
        help=Text(
            "Formats that the dataset is written in as well, each into a folder below exports; any of them can be "
            "downloaded later, too.",
            "同时写出的格式，各在 exports 下的一个文件夹中；以后也可以随时下载任一格式。",
        ),
        advanced=True,
    )

    @field_validator("ladder")
    @classmethod
    def _whole_rungs(cls, ladder: list[int]) -> list[int]:
        if any(count < 1 for count in ladder):
            raise ValueError("each is a number of rows, from 1")
        return sorted(set(ladder))

    @field_validator("clean", mode="before")
    @classmethod
    def _off_is_a_word(cls, clean: Any) -> Any:
        """YAML reads `off` as false."""
        if not isinstance(clean, dict):
            return clean
        return {str(name): "off" if action is False else action for name, action in clean.items()}

    def conflicts(self) -> list[Fault]:
        """Return shares that are more than the whole, checks that are not there, rows to leave out that have other ids, and
        leaks to leave out of no test set."""
        return [*self._unknown_checks(), *self._too_large_shares(), *self._foreign(), *self._no_test_sets()]

    def _no_test_sets(self) -> list[Fault]:
        """Return a fault where leaks are to be left out and nothing says of what, and for a test set that is named twice."""
        if self.leaks == "remove" and not self.test_sets:
            named = called(DatasetRecipe, "test_sets")
            message = Text(
                f"given remove, and no test sets to look for; name them in {named.en}",
                f"现为 remove，但没有测试集可查；请填写{named.zh}",
            )
            return [Fault("leaks", message)]
        twice = [number for number, name in enumerate(self.test_sets) if name in self.test_sets[:number]]
        return [Fault(f"test_sets.{number}", Text("named twice", "重复填写")) for number in twice]

    def _unknown_checks(self) -> list[Fault]:
        faults: list[Fault] = []
        for name, action in self.clean.items():
            check = CHECKS.find(name)
            if check is None:
                known = CHECKS.names()
                message = Text(
                    f"there is no check '{name}'; checks: {', '.join(known)}",
                    f"没有名为“{name}”的检查项；可用的有：{'、'.join(known)}",
                )
            elif action not in check.actions:
                message = Text(
                    f"'{check.title.en}' cannot fix what it finds; accepted: {', '.join(check.actions)}",
                    f"“{check.title.zh}”无法自动修正；可选：{'、'.join(check.actions)}",
                )
            else:
                continue
            faults.append(Fault(f"clean.{name}", message))
        return faults

    def _foreign(self) -> list[Fault]:
        """Return a fault for each source whose rows a leak report cannot know by their ids."""
        if self.without is None:
            return []
        message = Text(
            "given without: a leak report knows rows by the ids of its dataset; name that dataset's own files, with layout: "
            "studio",
            "设置了 without：泄漏检查报告按数据集中的编号指认数据行；请填写该数据集自身的文件，并写 layout: studio",
        )
        return [
            Fault(f"sources.{number}.layout", message)
            for number, source in enumerate(self.sources)
            if source.layout != "studio" and source.split != KEPT
        ]

    def _too_large_shares(self) -> list[Fault]:
        """Return shares that are none, or are more than the whole."""
        faults = [fault for name in _MOST for fault in self._share_faults(name)]
        shares = [share for share in (self.val, self.test) if share < 1]
        if not faults and len(shares) == 2 and sum(shares) > 1 + 1e-9:  # 0.1 and 0.9 may be a hair more
            val, test = called(DatasetRecipe, "val"), called(DatasetRecipe, "test")
            message = Text(
                f"given {self.test:g}; {val.en} and {test.en} together are more than 1 ({self.val + self.test:g})",
                f"现为 {self.test:g}；{val.zh}与{test.zh}之和不能超过 1（现为 {self.val + self.test:g}）",
            )
            faults.append(Fault("test", message))
        return faults

    def _share_faults(self, name: str) -> list[Fault]:
        given, most = float(getattr(self, name)), _MOST[name]
        if given <= most or (given >= 1 and given.is_integer()):
            return []
        message = Text(
            f"given {given:g}; a share is at most {most:g}, a number of rows is whole",
            f"现为 {given:g}；比例最大为 {most:g}，行数必须是整数",
        )
        return [Fault(name, message)]
