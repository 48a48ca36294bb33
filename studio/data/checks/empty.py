"""Questions and answers that say nothing."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import exchanges
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_NOTHING = re.compile(
    r"[\W_]*(?:略|答案略|解析略|从略|无|暂无|没有|未知|不详|暂无(?:回答|答案|解析|数据|内容)|无(?:答案|解析|内容|回答)|待(?:补充|定|完善)|"
    r"如题|同题|如上|同上|如下|如图|见图|见(?:解析|上|下|附件|图)|题目|问题|答案|回答|回复|测试|"
    r"n/?a|nan|null|none|nil|undefined|tbd|todo|test|xxx+|no answer|see above|as above|not available|"
    r"(?:no )?explanation)?[\W_]*",
    re.IGNORECASE,
)
_LONGEST = 40  # characters: nothing longer says nothing, and it need not be looked at
_MAY_BE_NONE = re.compile(
    r"[有是能会可]\s*[无不否没]|有没有|是否|有何|有哪|有什么|吗|史|\b(?:any|does|do|did|is|are|has|have|was)\b",
    re.IGNORECASE,
)
_NONE = re.compile(r"[\W_]*(?:无|没有|未知|不详|none|nil|n/?a|暂无)[\W_]*", re.IGNORECASE)
_SIGN = re.compile(r"[+\-−±↑↓→←<>=%‰√×]")
_ANSWER = Text("the answer says nothing", "答案没有内容")
_QUESTION = Text("the question says nothing", "题目没有内容")
_EXPLANATION = Text("the explanation says nothing", "解析没有内容")


def _says_nothing(text: str) -> bool:
    return len(text) <= _LONGEST and not _SIGN.search(text) and _NOTHING.fullmatch(text) is not None


def _find(row: Row) -> Finding | None:
    if isinstance(row, Question) and _says_nothing(row.stem):
        return Finding(_QUESTION, row.stem)
    for asked, said in exchanges(row):
        if len(said) > _LONGEST:
            continue
        if _says_nothing(asked):
            return Finding(_QUESTION, asked)
        # "is anything known of allergies?" is answered by "none"
        if _says_nothing(said) and not (_NONE.fullmatch(said) and _MAY_BE_NONE.search(asked)):
            return Finding(_ANSWER, said)
    if isinstance(row, Question) and row.explanation and _says_nothing(row.explanation):
        return Finding(_EXPLANATION, row.explanation, row.model_copy(update={"explanation": ""}))
    return None


CHECK = Check(
    Text("Says nothing", "空内容"),
    Text(
        "A question or an answer such as “n/a” or “see above” teaches the model to answer with nothing. The fix takes out "
        "explanations that say nothing.",
        "“略”“同上”之类的题目或答案，会让模型学会用空话作答。修正会去掉没有内容的解析。",
    ),
    _find,
    finds=(
        Question(id="1", stem="高血压患者首选什么药物治疗", gold="略"),
        Question(id="2", stem="如题", gold="建议到医院做进一步检查。"),
        Question(id="3", stem="What reverses heparin?", gold="N/A."),
        Question(id="4", stem="急性心肌梗死的处理", gold="……"),
        Question(id="5", stem="首选药物是", options={"A": "阿司匹林", "B": "肝素"}, gold="A", explanation="nan"),
    ),
    passes=(
        Question(id="6", stem="患者有无药物过敏史？", gold="无"),
        Question(id="7", stem="Are there any known allergies?", gold="None."),
        Question(id="8", stem="乙肝表面抗原的结果", gold="(+)"),
        Question(id="9", stem="婴儿腹泻的发病部位", gold="手"),
    ),
    fixes=True,
    order=60,
)
