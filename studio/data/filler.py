"""Words that ask nothing: two questions that differ in these alone are one.

What may be merged is decided by what is known to say nothing, not by how alike two texts are: in a long question one
character is the dose, the side, the negation or the drug.
"""

from __future__ import annotations

import re
import unicodedata

from studio.data.normal import normal

_CHINESE = "请问一下|想请问|请问|问一下|谢谢你们|谢谢您|谢谢了|谢谢|感谢|您好|你好|[的了呢吗吧啊呀哦哈嘛些]"
_ENGLISH = r"\b(?:please|thanks|thank you|hello|kindly|the)\b"
_FILLER = re.compile(f"{_CHINESE}|{_ENGLISH}")


def bare(text: str) -> str:
    """Return a text comparable and without words that ask nothing.

    >>> bare("高血压患者要注意些什么问题？谢谢") == bare("请问高血压的患者要注意什么问题呢")
    True
    >>> bare("Is the drug safe?") == bare("is drug safe"), bare("可以用阿司匹林吗") == bare("不可以用阿司匹林吗")
    (True, False)
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return normal(_FILLER.sub("", folded))
