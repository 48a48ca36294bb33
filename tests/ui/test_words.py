"""What a form calls a setting is what messages call it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from studio.core.amounts import duration, size
from studio.core.workspace import REPOSITORY
from studio.runs.kinds import KINDS
from studio.ui.form.field import fields_of
from studio.ui.html import notice

_TOLD = ("Text", "say", "both")
_PAIRED = ("Text", "say")
# words that are keys of a recipe and nothing else
_KEYS = {name for kind in KINDS.names() for each in fields_of(KINDS.load(kind).recipe) for name in (each.name, *(option.name for plugin in each.plugins for option in plugin.fields)) if "_" in name}  # fmt: skip

_HAN = "[\u4e00-\u9fff]"
_MISSET = re.compile(rf"{_HAN} ?[,;:!?()]|[,;!?()] ?{_HAN}|{_HAN}[A-Za-z0-9]|[A-Za-z0-9%]{_HAN}|{_HAN} {_HAN}")
_WORDS = {
    "数据集": ("资料集", "数据组"),
    "数据划分": ("各部分", "训练部分", "测试部分"),
    "训练集": ("训练组",),
    "验证集": ("校验集", "开发集"),
    "微调": ("精调", "细调"),
    "学习率": ("学习速率",),
    "批大小": ("批次大小", "批量大小", "批尺寸"),
    "训练轮数": ("训练周期", "迭代轮", "回合"),
    "梯度累积": ("梯度累加",),
    "检查点": ("存档点", "断点"),
    "适配器": ("适配层",),
    "向量模型": ("嵌入模型", "词嵌入"),
    "知识库": ("资料库",),
    "段落": ("片段", "分块", "文段"),
    "检索增强": ("增强检索",),
    "关键词": ("按词检索",),
    "置信区间": ("信心区间", "可信区间"),
    "随机种子": ("随机数种子",),
    "标准答案": ("金标准", "参考答案"),
    "提问方式": ("询问方式",),
    "配方": ("菜谱", "食谱"),
    "流水线": ("管道", "管线"),
    "删除": ("移除",),
}


@cache
def _said(language: int) -> list[tuple[str, str]]:
    """Return the place and wording of every sentence that the studio says: 1 in English, 2 in Chinese."""
    return list(_pairs(language))


def _pairs(language: int) -> Iterator[tuple[str, str]]:
    for path in sorted(Path(REPOSITORY, "studio").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            told = isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in _PAIRED
            if told and len(call.args) == 2:
                yield f"{path.relative_to(REPOSITORY)}:{call.lineno}", _plain(call.args[language - 1])


def _plain(words: ast.expr) -> str:
    """Return a wording whose values stand as a dot, which is no letter of either language."""
    if isinstance(words, ast.JoinedStr):
        return "".join(_plain(piece) for piece in words.values)
    return words.value if isinstance(words, ast.Constant) and isinstance(words.value, str) else "·"


def test_messages_call_a_field_by_its_label() -> None:
    """A key stands in brackets behind the label, or as code; `core.option.called` writes it so."""
    bare = re.compile(rf"(?<![\w(（`.])({'|'.join(sorted(_KEYS))})(?![\w)）`=])")
    found = [
        f"{path.relative_to(REPOSITORY)}:{call.lineno}: {said}"
        for path in Path(REPOSITORY, "studio").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in _TOLD
        for words in call.args
        for piece in ast.walk(words)
        if isinstance(piece, ast.Constant) and isinstance(said := piece.value, str) and bare.search(said)
    ]
    assert found == []
    assert "max_length" in _KEYS


def test_chinese_is_set_as_chinese() -> None:
    """Punctuation of the language, and a space between Han and Latin letters; what is quoted from YAML keeps its own."""
    found = [
        f"{place}: {said}" for place, said in _said(2) if _MISSET.search(re.sub(r"“[^”]*: 值”|\{[^，。]*\}", "", said))
    ]
    assert found == []


def test_one_thing_has_one_word() -> None:
    """The field's words as this studio uses them; what else they are called elsewhere stands in none of its sentences."""
    found = [f"{place}: {other} for {word}: {said}" for place, said in _said(2) for word, others in _WORDS.items() for other in others if other in said]  # fmt: skip
    assert found == []
    assert all(any(word in said for _, said in _said(2)) for word in _WORDS)


def test_a_share_is_written_one_way() -> None:
    assert [f"{place}: {said}" for place, said in _said(1) if re.search(r"\d %", said)] == []


def test_a_command_in_a_message_is_set_as_code() -> None:
    said = str(notice("Run `a <b>`.", "Or `c`."))
    assert "Run <code>a &lt;b&gt;</code>." in said and "Or <code>c</code>." in said


def test_amounts_have_no_empty_figures() -> None:
    assert [size(count) for count in (0, 92e6, 3.24e6, 22.5e9)] == ["0 B", "92 MB", "3.2 MB", "22.5 GB"]
    assert [duration(time, "zh") for time in (0, 0.3, 65)] == ["0 秒", "不到 1 秒", "1 分 5 秒"]
    assert duration(0.3, "en") == "less than 1 s"
