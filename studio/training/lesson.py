"""What a row teaches: the conversation that a model learns from, as the recipe's options word it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.choice import Options
from studio.core.option import option
from studio.core.records import Message
from studio.core.text import Text
from studio.data.prompt import AnswerStyle
from studio.data.records.base import Row
from studio.data.records.question import Question
from studio.training.shuffle import shuffled


class LessonOptions(Options):
    """How rows are worded where a model learns to answer."""

    answer_style: AnswerStyle = option(
        "letter_text",
        label=Text("Answer style", "回答形式"),
        help=Text(
            "How multiple-choice questions are answered. With the explanation first, allow longer answers where the model "
            "is evaluated; a question without an explanation is answered by letter and text.",
            "选择题怎样作答。选“先解析后答案”时，评测的“最长回答”要相应调大；没有解析的题目按“字母 + 选项文字”作答。",
        ),
        names={
            "letter": Text("Letter", "仅字母"),
            "letter_text": Text("Letter and text", "字母 + 选项文字"),
            "explanation_first": Text("Explanation first", "先解析后答案"),
        },
    )
    shuffle_options: bool = option(
        False,
        label=Text("Shuffle options", "打乱选项"),
        help=Text(
            "Put the options of every question in another order, the same in every epoch, so that letters are not learned "
            "by heart. Explanations follow; where that is not certain, the question stays as it is.",
            "按随机种子打乱每道题的选项顺序（各轮相同），避免模型死记字母。解析中提到的字母会一并更换；无法确定的题目保持原样。",
        ),
    )
    system: str = option(
        "",
        label=Text("System prompt", "系统提示词"),
        help=Text(
            "Stands in front of every conversation that has none of its own. Use the same one where the model answers.",
            "加在没有系统提示词的对话前面；使用模型时也应采用同样的提示词。",
        ),
        advanced=True,
    )


@dataclass(frozen=True)
class Lesson:
    """The conversation of a row, and whether its options were to be shuffled and could not be."""

    turns: tuple[Message, ...]
    kept_order: bool = False


def lesson(row: Row, options: LessonOptions, seed: int) -> Lesson:
    """Return what a model learns from a row.

    Args:
        seed: of the order of its options.
    """
    turns, kept_order = row.turns, False
    if isinstance(row, Question) and row.is_choice:
        new = shuffled(row, seed, options.answer_style == "explanation_first") if options.shuffle_options else row
        kept_order = new is None
        turns = (new or row).answered_by(options.answer_style)
    if options.system.strip() and not any(turn.role == "system" for turn in turns):
        turns = (Message(role="system", content=options.system.strip()), *turns)
    return Lesson(turns, kept_order)
