"""What people say on a forum beside the answer."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import rewritten
from studio.data.checks.base import Check, Finding, holds
from studio.data.records.base import Row
from studio.data.records.question import Question

_WHOLE_KIND = Text("the answer is a remark on a forum", "答案只是论坛客套话")
_KIND = Text("remarks of a forum stand around the answer", "答案带有论坛客套话")
_END = r"[。.！!～~，,；;\s]*"
_WHOLE = re.compile(
    r"\W*(?:(?:楼主|LZ|lz|顶+|沙发|板凳|路过|同问|mark|马克|多谢|感谢|谢谢|收藏了?|up|支持|好人一生平安|\+1|(?:谢谢|多谢|感谢)"
    r"(?:医生|大夫|楼主|您|你|解答|回答)+(?:了|的(?:解答|回答|帮助))?)[\W]*)+",
    re.IGNORECASE,
)
_LONGEST = 30  # characters of such an answer
_WISH = (
    r"(?:(?:最后)?(?:衷心)?(?:祝福|祝愿|祝|希望|愿|期望)[^。.！!；;，,\n]{0,8}(?:早日|尽快|早点|快点)(?:恢复)?(?:康复|健康|痊愈|恢复)(?:[，,]?[^。！!，,；;\n]{0,16})?"
    r"|(?:希望|但愿|期望)[^。！!，,；;\n]{0,16}(?:有(?:所|些)?帮助|帮助?到?[您你]|对[您你]有用)"
    r"|(?:如?果?满意)?[，,]?(?:望|请|还请|恳请)(?:您|你|楼主)?(?:及时)?采纳(?:[为我]+的?(?:最佳|满意)?(?:答案|回答))?(?:[，,]?谢谢)?"
    r"|祝(?:您|你)?(?:身体)?(?:健康|好|平安|愉快)|谢谢(?:您的|你的)?(?:提问|采纳|咨询))"
)
_WISHES = re.compile(rf"(?:(?<=[。.！!，,；;？?~～\s])|(?<=[\u4e00-\u9fff]))(?:{_WISH}{_END})+\Z")
_ADDRESS = re.compile(r"(?:(?<=^)|(?<=[。！!\n]))(?:楼主|LZ|lz)(?:[您你]好)?[，,：:！!\s]+")
_TAIL = 80  # characters in which the wishes stand
_SIGNS = (
    "楼主", "LZ", "lz", "采纳", "早日", "尽快", "早点", "快点", "希望", "但愿", "期望", "祝", "谢", "顶", "沙发", "板凳", "路过", "同问", "mark", "Mark",
    "MARK", "马克", "收藏", "支持", "平安", "+1", "up", "UP", "Up",
)  # fmt: skip


def _without(text: str) -> str:
    """Return an answer without what stands around it; a whole answer of that sort stays."""
    new = _ADDRESS.sub("", text)
    begin = max(0, len(new) - _TAIL)
    found = _WISHES.search(new, begin)
    if found is None:
        return new
    left = new[: found.start()].rstrip("，,；;、 \n")
    if not left:
        return new
    return left if left.endswith(("。", "！", "!", ".", "？", "?", "~", "～", "…")) else f"{left}。"


def _find(row: Row) -> Finding | None:
    texts = row.answers()
    if not any(holds(text, _SIGNS) for text in texts):
        return None
    for text in texts:
        if len(text) <= _LONGEST and _WHOLE.fullmatch(text):
            return Finding(_WHOLE_KIND, text)
    return rewritten(_KIND, row, _without, answers=True)


CHECK = Check(
    Text("Forum noise", "论坛客套话"),
    Text(
        "Thanks, wishes and calls for votes are learned like medicine, and end every answer. The fix takes them off an answer's "
        "beginning and end.",
        "“祝早日康复”“望采纳”之类的话会和医学内容一起被学会，出现在每个回答末尾。修正会去掉答案首尾的这些话。",
    ),
    _find,
    finds=(
        Question(id="1", stem="高血压怎么治疗？", gold="建议低盐饮食，规律服药。祝您早日康复！"),
        Question(id="2", stem="高血压怎么治疗？", gold="谢谢医生！"),
        Question(id="3", stem="高血压怎么治疗？", gold="顶"),
        Question(
            id="4", stem="高血压怎么治疗？", gold="楼主你好，建议低盐饮食，希望我的回答对您有所帮助，望采纳，谢谢"
        ),
    ),
    passes=(
        Question(id="5", stem="感冒怎么办？", gold="多休息，患者早日康复的关键是规律服药。"),
        Question(id="6", stem="支持疗法有哪些？", gold="支持治疗，顶叶病变时对症处理。"),
        Question(id="7", stem="你好，谢谢医生", gold="您好，请描述症状。"),
    ),
    fixes=True,
    order=40,
)
