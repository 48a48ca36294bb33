"""Answers in which another model speaks of itself, or refuses."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import explanations, matched
from studio.data.checks.base import Check, Finding, holds
from studio.data.records.base import Row
from studio.data.records.question import Question

_SPEAKS = re.compile(
    r"作为(?:一[个名款位种])?\s*(?:AI|ai|人工智能|大?语言模型|文本(?:聊天)?机器人|聊天机器人|虚拟助手)"
    r"|我(?:只)?是(?:一[个名款])?\s*(?:AI|ai|人工智能|大?语言模型|文本机器人|聊天机器人)"
    r"|\b[Aa]s an? (?:AI|A\.I\.|artificial intelligence|(?:large )?language model)\b"
    r"|\bI(?:'m| am|’m) (?:just |only )?an? (?:AI|artificial intelligence|(?:large )?language model)\b"
)
_REFUSES = re.compile(
    r"\A\s*(?:很?抱歉|对不起|不好意思)[，,！!。\s]*(?:但)?我(?:无法|不能|没有办法|没办法)(?:提供|回答|给出|诊断|帮助|协助|为[您你])"
    r"|\A\s*(?:I(?:'m| am|’m) )?(?:[Ss]orry|[Aa]pologi[sz]e)[,.]? (?:but )?I (?:can(?:'|’)?t|cannot|am unable to|am not able to)"
)
_SIGNS = (
    "作为", "我是", "我只是", "抱歉", "对不起", "不好意思", " AI", "A.I.", "language model", "rtificial intel", "orry", "pologi",
)  # fmt: skip


def _find(row: Row) -> Finding | None:
    texts = [text for text in (*row.answers(), *explanations(row)) if holds(text, _SIGNS)]
    return matched(Text("another model speaks of itself", "其他模型的自述"), texts, _SPEAKS) or matched(
        Text("the answer is a refusal", "答案是拒答"), texts, _REFUSES
    )


CHECK = Check(
    Text("“As an AI …”", "“作为一个 AI……”"),
    Text(
        "The answer was written by another model, which speaks of itself or refuses: yours learns to do so where it should answer.",
        "答案出自其他模型，里面有它的自述或拒答：您的模型会在该回答的时候照着学。",
    ),
    _find,
    finds=(
        Question(id="1", stem="高血压怎么治疗？", gold="作为一个AI语言模型，我不能提供医疗建议。"),
        Question(id="2", stem="高血压怎么治疗？", gold="很抱歉，我无法提供诊断，请咨询医生。"),
        Question(id="3", stem="How is it treated?", gold="As an AI language model, I cannot give medical advice."),
        Question(id="4", stem="How is it treated?", gold="I'm sorry, but I can't help with that."),
    ),
    passes=(
        Question(id="5", stem="作为一个AI助手，请回答：高血压怎么治疗？", gold="低盐饮食，规律服药。"),
        Question(
            id="6",
            stem="What is AI in cardiology?",
            gold="AI reads the ECG; cTnI cannot be used alone, as an aid it may.",
        ),
        Question(id="7", stem="孩子说话晚怎么办？", gold="对不起，让您久等了。建议到儿科就诊。"),
    ),
)
