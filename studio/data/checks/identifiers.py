"""Personal identifiers in a row: counted, masked, or a reason to drop the row."""

from __future__ import annotations

from studio.core.text import Text
from studio.data.checks.base import Check, Finding
from studio.data.masking import around, find, hidden, kinds, masked
from studio.data.records.base import Row
from studio.data.records.question import Question

AND = " + "
"""What stands between the kinds of a finding, in either language."""


def _find(row: Row) -> Finding | None:
    texts = list(row.texts())
    if not find("\n".join(texts)):  # one look for most rows
        return None
    found = [(text, spans) for text in texts if (spans := find(text))]
    if not found:
        return None
    told = dict.fromkeys(span.kind for _, spans in found for span in spans)
    titles = [kind.title for name, kind in kinds().items() if name in told]
    kind = Text(AND.join(title.en for title in titles), AND.join(title.zh for title in titles))
    text, spans = found[0]
    fixed = row.rewritten(masked)
    return Finding(kind, hidden(text, spans), fixed, around(text, spans))


CHECK = Check(
    Text("Personal identifiers", "个人身份信息"),
    Text(
        "Names, numbers and addresses of patients, which a model learns by heart and may say again to anybody.",
        "患者的姓名、号码和住址。模型会把它们背下来，并可能向任何人复述。",
    ),
    _find,
    finds=(
        Question(
            id="1",
            stem="患者张三丰，身份证110101199001011237，电话13800138000，邮箱a@b.cn，住院号ZY20230001，头痛三天怎么办",
            gold="建议就诊",
        ),
        Question(id="2", stem="MRN: 00123456. What is the next step?", gold="Call (415) 555-0132."),
    ),
    passes=(
        Question(id="3", stem="阿狄森病的首选治疗是什么？批准文号国药准字H20033998", gold="氢化可的松"),
        Question(
            id="4", stem="HBV-DNA 15012345678 copies/ml, what now?", gold="Entecavir, see doi:10.1016/13800138000."
        ),
    ),
    fixes=True,
    order=20,
)
