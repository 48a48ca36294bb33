"""The case that a question begins with: questions of one series tell it alike and then ask something each."""

from __future__ import annotations

import re

from studio.data.normal import normal

_NUMBERED = re.compile(r"^\s*(?:第?\s*\d+\s*[题.．、:：)）]\s*)?(?:[(（【\[]\s*共用(?:题干|病例)\s*[)）】\]]\s*)?")
_SENTENCE = re.compile(r"[。！？!?；;\n.](?:(?<!\.)|(?=\s))\s*")  # one set of signs first: a fifth less time
_LONG = 30  # characters: less is a greeting, or what many questions begin with
_LONG_LATIN = 80


def opening(text: str) -> str:
    """Return what stands before the last sentence of a text, comparable and without its number; empty where it is short.

    >>> case = "女，45岁，反复上腹痛三年，空腹时加重，进食后缓解，近日出现黑便两次，血红蛋白九十克每升。"
    >>> opening(f"1．（共用题干）{case}最可能的诊断是") == opening(f"2．（共用题干）{case}首选的检查是") != ""
    True
    >>> opening("高血压患者平时饮食上需要注意些什么问题？谢谢")
    ''
    """
    told = _NUMBERED.sub("", text, count=1).rstrip()
    last = 0
    for found in _SENTENCE.finditer(told):
        if found.end() < len(told):
            last = found.end()
    case = normal(told[:last])
    return case if len(case) >= (_LONG_LATIN if case.isascii() else _LONG) else ""
