"""The words by which an answer marks, denies or judges an option, and by which a stem asks for the wrong one.

They are matched in text that `choice.clean` went over: NFKC, so that `：`, `，` and `（` are `:`, `,` and `(`.
"""

from __future__ import annotations

import re
import unicodedata

_ANCHOR_EN = (
    r"(?<!wrong )(?<!incorrect )\b(?:answers?|(?:correct|right|best|final|(?:most|more) \w+|appropriate|true)"
    r"\s+(?:options?|choices?|alternatives?|one|selection|statement)|(?:the|my) (?:option|choice) (?=is|would|:)|(?:correct|right)(?=\s*:))\b"
)
_ANCHOR_ZH = r"(?<!错误)(?<!错误的)(?<!干扰)(?:答案|正确的?(?:选项|选择|说法|一项|叙述|描述)|最佳(?:选项|选择)|正确(?=\s*:)|正确的(?=[是为]))"
ANCHOR = re.compile(f"(?:{_ANCHOR_EN}|{_ANCHOR_ZH})", re.IGNORECASE)
ANCHOR_WRONG = re.compile(
    r"(?:错误|不正确|不恰当|不属于|不包括)的?(?:选项|说法|一项|叙述|描述)?(?=应?[是为:])"
    r"|\b(?:incorrect|wrong|false|least likely|not true|exception)\s*(?:option|choice|answer|statement|one)?\b",
    re.IGNORECASE,
)
# where what is said of the right answer ends and the wrong ones begin: "Correct: C  Wrong answers: A"
AGAINST = re.compile(
    r"(?:错误|不正确|干扰)的?(?:答案|选项|说法|项|叙述|描述)|错误(?:原因|理由)?\s*:"
    r"|\b(?:incorrect|wrong)\s(?:answers?|options?|choices?|statements?)\b|\b(?:incorrect|wrong)\s*:",
    re.IGNORECASE,
)
# what is called the answer here is so in another case ...
CONDITION = re.compile(r"(?:\b(?:if|unless)\b|若|如果|假如|倘若|假设)[^。;!?\n]*?(?=\.\s|[。;!?\n]|$)", re.IGNORECASE)
# ... or by somebody else: up to the comma where the sentence begins so, to its end where it ends so
CONCESSION = re.compile(
    r"(?<![^.。;!?\n])\s*(?:although|though|虽然|尽管)[^,。;!?\n]*|(?:\b(?:although|though)\b|虽然|尽管)[^。;!?\n]*?(?=\.\s|[。;!?\n]|$)",
    re.IGNORECASE,
)
ASKED = re.compile(r"[)\s]*[吗呢]?\s*\?")
LINK = re.compile(
    r"(?<![不非])(?:应当?|应该|当|最?可能|就|即)?[是为属选]择?|\b(?:is|are|was|be)\b|[:=→]|->|\[", re.IGNORECASE
)
HALT = re.compile(r"[\n。!?;]|(?<=[a-z\u4e00-\u9fff]{2})\.\s")
FINAL = re.compile(
    r"(?:故|因此|因而|所以|综上[所述,]*|由此|最终|最后|从而)[^。\n;!?]{0,40}?(?<![不误错勿别未])选(?:择|取)?(?!项|题)"
    r"|\b(?:final answer|therefore|thus|hence|so|in conclusion|consequently)\b[^.\n]{0,50}?\b(?:answer|option|choice)"
    r"[^.\n]{0,40}?(?:\bis\b|:)|\bfinal answer\b\s*(?:is|:)?",
    re.IGNORECASE,
)
CHOSEN = re.compile(
    r"(?<![不误错勿别未若如果筛可单多备候能会他余])(?<![^因从]而)选(?:择|取|定|的是)?(?!项|题|手)|(?<=可)选(?!项)|应[该当]是|而是|改[为成](?:选)?"
    r"|\b(?:I|we|you)(?:'d| would| will| should| must| can|'ll)?\s+(?:choose|chose|pick|picked|select|go with|say|opt for)\b"
    r"|\b(?:choose|pick|select|go with|opt for)\b",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"(?:(?:不|别|勿|误|错)(?:能|应|可|要|宜|得)?选?是?|非|排除|除了?|除外|\bnot|n't|\bexcept|\brather than|\binstead of|\bunlike|\bwithout|\bneither|\bnor)\s*(?:the\s|an?\s)?$",
    re.I,
)
REJECTED = re.compile(
    r"[\s,)]*(?:错|不|除外|(?:is|are|was|would be)\s(?:not|wrong|incorrect|contra)|isn't|can be (?:ruled|excluded))"
    r"|[ \t,:)-]*(?:incorrect|wrong|false)\b",
    re.I,
)
# an option that is to be kept from the patient is no choice, unless the question asks for such a one
FORBIDDEN = re.compile(
    r"(?:禁忌?|停|忌|慎|避免|勿|不[宜应能可得])(?:使用|服用|应用|给予|选用|用|给|服)?\s*$"
    r"|\b(?:stop|avoid|discontinu|withh[eo]ld|contraindicat|do not|don't|never)\w*"
    r"(?:\s(?:us(?:e|ing)|giv(?:e|ing)|tak(?:e|ing)|the|an?|all|any|of|with))*\s*$",
    re.I,
)
FORBIDDEN_AFTER = re.compile(
    r"\s*(?:应当?|须|需)?(?:禁用|停用|避免|慎用|忌用)|\s*(?:should|must)\s(?:not|be\s(?:stopped|avoided|discontinued|withheld))",
    re.I,
)
_ASKS_FORBIDDEN = re.compile(
    r"禁|忌|停|避免|慎用|不[宜应能可得]|\b(?:stop|avoid|discontinu|withh[eo]ld|contraindicat)", re.I
)

CONCLUDES = re.compile(
    r"(?:^|[.。!?;\n])\s*(?:therefore|thus|hence|so|in conclusion|overall|因此|所以|综上|故(?=选|答案|本题|应|诊断|考虑|该|患)|由此)[^.。\n]*(?:\.(?!\s|$)[^.。\n]*)*",
    re.I,
)
# a verdict stands on the line of its letter
RIGHT = re.compile(
    r"[ \t,:]*(?:选?项)?(?:的?(?:说法|描述|表述|内容))?[均都皆也则是为,\s]*(?:正确|对|符合|√|✓|✔|✅)|[ \t,:-]*(?:\bis|\bare|\bwould be)\s+(?:\w+ly\s)?(?:the\s)?(?:correct|right|true|best|most)|[ \t:-]*(?:correct|right|true)\b",
    re.I,
)
WRONG = re.compile(
    r"[ \t,:]*(?:选?项)?(?:的?(?:说法|描述|表述|内容))?[均都皆也则是为,\s]*(?:错|不对|不正确|不符|不选|不是|有误|可?排除|×|✗|❌)|[ \t,:-]*(?:\bis|\bare|\bwould be|can be)\s+(?:\w+ly\s)?(?:not|incorrect|wrong|false|ruled|excluded|eliminated)|[ \t,:-]*isn't|[ \t:-]*(?:incorrect|wrong|false)\b",
    re.I,
)
EXCLUDE = re.compile(r"(?:排除|除外|\brule out|\bruling out|\bexclude|\beliminate|\bdiscard)\s*", re.I)
_ASKS_WRONG = re.compile(
    r"错误|不正确|不恰当|不怡当|不妥|不属于|不包括|不包含|不符合|无关|除(?:了)?(?:哪|下列|以下|下述|何)[^。]{0,12}外|除外"
    r"|不(?:是|宜|应|可能|经过|会|可|能)[^,。]{0,8}(?:的是|的为|的一项)|\b(?:EXCEPT|NOT|LEAST)\b|\b(?:except|incorrect|false|least)\b"
)


def asks_for_wrong(stem: str) -> bool:
    """Tell whether a stem asks which statement does not hold."""
    return _ASKS_WRONG.search(_last_clause(stem)) is not None


def asks_for_forbidden(stem: str) -> bool:
    """Tell whether a stem asks what must not be given, or be stopped."""
    return _ASKS_FORBIDDEN.search(_last_clause(stem)) is not None


def _last_clause(stem: str) -> str:
    clauses = re.split(r"[,。;\n]|\.\s", unicodedata.normalize("NFKC", stem))
    return next((clause for clause in reversed(clauses) if re.search(r"\w", clause)), "")
