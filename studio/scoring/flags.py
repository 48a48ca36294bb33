"""What is counted beside the scores: it has no better and worse, and says why a score may be low."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.text import Text


@dataclass(frozen=True)
class Flag:
    """Something to be counted.

    Args:
        title: what a reader calls it.
        help: what is counted, in a sentence.
        finish_reason: the end of an answer that raises it, whatever the question; none where a scorer raises it.
    """

    title: Text
    help: Text
    finish_reason: str = ""


FLAGS = {
    "unread": Flag(
        Text("Unreadable", "无法读出"),
        Text(
            "Share of multiple-choice answers from which no rule could read a choice. They count as wrong.",
            "没有任何规则能读出所选选项的选择题回答比例，均按错误计。",
        ),
    ),
    "cut": Flag(
        Text("Cut short", "回答被截断"),
        Text(
            "Share of answers that the token limit ended (max_tokens). They are scored as far as they go.",
            "到达 token 上限（max_tokens）而被截断的回答比例，按已生成的部分计分。",
        ),
        "length",
    ),
    "too_long": Flag(
        Text("Prompt too long", "提问过长"),
        Text(
            "Share of questions whose prompt did not fit the model's context. They were not asked and count as wrong.",
            "提问超出模型上下文长度的题目比例：没有提问，按错误计。",
        ),
        "error",
    ),
}
