"""Advertisements: a clinic's telephone, a chat to join, a secret recipe."""

from __future__ import annotations

import re

from studio.core.text import Text
from studio.data.checks._pieces import matched
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_KIND = Text("it advertises", "含有广告")
_AD = re.compile(
    r"(?:加|添加|关注|搜索|扫描?|私信|长按|识别)[^。，,；;、\n]{0,6}(?:微信|公众号|二维码|QQ|qq|V信|薇信)"
    r"|(?:微信|薇信|V信|QQ|qq|扣扣)(?:号|群)?\s*[:：是为]?\s*[A-Za-z0-9_-]{5,}"
    r"|(?:咨询|预约|挂号|免费|客服|联系)(?:电话|热线)\s*[:：]?\s*[\d（(+]"
    r"|(?:电话|来电|点击|在线)预约|预约(?:电话|热线)|点击(?:在线|免费)?咨询|咨询热线|免费咨询"
    r"|加(?:入)?(?:我们?的?)?(?:Q|q|微信|患者|交流)?群(?:[:：号聊]|\s*\d)"
    r"|(?:我院|我们医院|本院|本诊所|我们?诊所)[^。！!\n]{0,16}(?:专利|独创|研发|网址|网站|祖传|秘方|采取超导)"
    r"|\b400[- ]\d{3}[- ]\d{4}\b|祖传秘方|包治|无效退款|签约治疗"
    r"|(?:[Cc]all|[Pp]hone|[Cc]ontact|[Ww]rite to) us (?:now|today|at|on)\b|[Ww]hats[Aa]pp[:：+ ]*\d{5}|[Vv]isit our (?:website|clinic|page)"
    r"|[Bb]ook (?:your|an) appointment (?:online|now|today|with us)"
)
_SIGNS = (
    "微信", "公众号", "二维码", "QQ", "qq", "V信", "薇信", "扣扣", "预约", "咨询", "热线", "挂号电话", "免费电话", "客服", "联系电话", "群",
    "我院", "我们医院", "本院", "诊所", "400-", "400 ", "秘方", "包治", "无效退款", "签约治疗",
    "ll us ", "ne us ", "ct us ", "to us ", "hatsApp", "hatsapp", "isit our", "ook your", "ook an",
)  # fmt: skip


def _find(row: Row) -> Finding | None:
    return matched(_KIND, row.answers(), _AD, _SIGNS)


CHECK = Check(
    Text("Advertisements", "广告"),
    Text(
        "An answer that sends the patient to a chat, a telephone number or a clinic's own cure: the model learns to advertise.",
        "答案引导患者加微信、打电话或推销某家医院的疗法：模型会学会打广告。",
    ),
    _find,
    finds=(
        Question(id="1", stem="乙肝怎么治疗？", gold="建议抗病毒治疗，详情请添加医生微信。"),
        Question(id="2", stem="乙肝怎么治疗？", gold="我们医院用专利中药治疗，咨询电话：010-12345678。"),
        Question(id="3", stem="乙肝怎么治疗？", gold="微信号：abc_12345，或电话预约。"),
        Question(id="4", stem="How is it treated?", gold="Visit our clinic, or call us today."),
    ),
    passes=(
        Question(id="5", stem="如何急救？", gold="立即拨打急救电话120，可向医生咨询，也可在医院网站挂号。"),
        Question(id="6", stem="社交软件有哪些？", gold="微信是社交应用，可用于付款。"),
        Question(id="7", stem="我院就诊的患者", gold="我院急诊行膀胱造影检查。"),
    ),
)
