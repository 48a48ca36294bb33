"""Names of patients and of those around them: by a label, by who is said to be so called, or by a title in English.

No name is looked for by itself: drugs, diseases and those that they are called after look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.checks.base import holds
from studio.data.identifiers._labels import spaced
from studio.data.identifiers.base import Identifier

_HAN = r"[\u4e00-\u9fff]"
_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|轩辕|端木|南宫|独孤|长孙|宇文|呼延|鲜于"
_CLEAR = (
    "王李张刘陈杨赵吴周徐孙马朱胡郭林何罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "姚谭廖邹熊陆郝孔崔邱秦顾侯邵孟龙段雷钱汤尹黎易常贺赖龚樊殷施陶翟颜倪严牛俞季鲁葛韦毛聂伍庄焦邢岳齐沿祝詹柯欧闵"
)
_OTHERS = "黄高方石金江史万安白康武乔温洪单莫米向柴耿关甘裴柳骆池申水项于文辛管左卜时全应成宁梅明冷阮游盛包"
_SURNAME = f"(?:{_DOUBLE}|[{_CLEAR}{_OTHERS}])"
# What stands after a role is a name only where none of these follow the surname: 患者高热, 病人何时.
_NEVER = (
    "某热疸肿细胞血压烧龄度因于有无曾经常时在出现为是的了不可能应该全身双左右侧上下前后日月年天周次院科诊治疗药术病症痛咳喘等"
    "与及或并未主诉入自行已被将给予需要求谢您好你我他她它们这那怎么哪谁什如其最多少人大约近每几段期性情况位体质液肌骨脑心肝"
    "肺肾胃肠腹胸头颈皮肤目用做过说知道想问来去到就也还都很太让请先生女士姐医患家属师吗呢吧啊急毒见发边"
)
_GIVEN = rf"(?:(?![{_NEVER}]|小[时便]){_HAN}){{1,2}}"
_FIELDS = r"性\s?别|年\s?龄|男|女|出生|民族|职业|婚姻|籍贯|住址|地址|电话|手机|联系|科\s?室|床号|住院|门诊|病历|病案|就诊|身份证|证件|日期|单位|关系|签"
_END = rf"(?=[\s，。,、；;.()（）\[\]【】|/*\"”'0-9A-Za-z!！?？_-]|$|{_FIELDS}|先生|女士|小姐)"
_STRONG = re.compile(
    rf"(?:{spaced('姓名', '患者姓名', '病人姓名', '联系人', '监护人', '紧急联系人', '就诊人', '患者名', '患儿姓名')})(?:[(（][^)）\n]{{0,8}}[)）])?(?:\s{{0,2}}[:：=]\s{{0,4}}|是|为|叫|\x20{{1,4}})"
    rf"(?!{_FIELDS}|不详|未知|不明|保密|匿名|无名|没有|暂无|{_HAN}?某|{_HAN}{{1,2}}(?:先生|女士))({_HAN}{{1,8}}(?:[·•]{_HAN}{{1,8}})+|{_SURNAME}\x20?{_HAN}(?:\x20?{_HAN}??){{0,2}}|{_HAN}{{2,4}}?|[A-Z][a-z]+(?:\x20[A-Z][a-z]+){{1,2}}){_END}"
)
_CALLED = re.compile(rf"(?:我叫|名叫|他叫|她叫|我是患者|我是病人|本人)({_SURNAME}{_GIVEN}){_END}")
_CLEAR_SURNAME = f"(?:{_DOUBLE}|[{_CLEAR}])"
_WHO = r"(?:患者|病人|患儿|产妇|孕妇|死者|伤者|家属|父亲|母亲|丈夫|妻子|儿子|女儿|爱人|老公|老婆)[:：]?\x20?"
# Facts about a person behind it say that it is a name; a mere comma does where the surname is hardly anything else.
_FACTS = (
    r"(?=\s?[，,、（(]?\s?(?:男|女|性别|[0-9]{1,3}\s?岁|身份证|证件|手机|电话|联系|住院号|病历号|门诊号|住址|家住|现住|"
    r"生于|出生|护照|医保))"
)
_SOMEBODY = re.compile(_WHO)
_ROLE = (
    re.compile(rf"{_WHO}({_CLEAR_SURNAME}(?:(?![某先女士]){_HAN}){{1,2}}){_FACTS}"),
    re.compile(rf"{_WHO}({_SURNAME}{_GIVEN}){_FACTS}"),
    re.compile(rf"{_WHO}({_CLEAR_SURNAME}{_GIVEN})(?=[，。,；;（(]|\s*(?:\n|$))"),
)
_FIRST_OF_ALL = re.compile(
    rf"(?<!{_HAN})({_SURNAME}{_GIVEN})\s?[，,、（( ]\s?(?:男|女)性?\s?[，,、 ]?\s?[0-9]{{1,3}}\s?岁"
)
_WORDS = ("姓", "联系人", "监护人", "就诊人", "名", "我是", "本人", "她叫", "他叫", "我叫")

_FIRST = (
    "James|John|Robert|Michael|William|David|Richard|Joseph|Thomas|Charles|Daniel|Matthew|Anthony|Mark|Donald|Steven|Paul|"
    "Andrew|Joshua|Kenneth|Kevin|Brian|George|Edward|Ronald|Timothy|Jason|Jeffrey|Ryan|Jacob|Gary|Nicholas|Eric|Jonathan|Peter|"
    "Stephen|Larry|Justin|Scott|Brandon|Benjamin|Samuel|Frank|Gregory|Raymond|Alexander|Patrick|Jack|Dennis|Jerry|Henry|Adam|"
    "Mary|Patricia|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|Sarah|Karen|Nancy|Lisa|Margaret|Betty|Sandra|Ashley|Kimberly|"
    "Emily|Donna|Michelle|Carol|Amanda|Melissa|Deborah|Stephanie|Rebecca|Laura|Sharon|Cynthia|Kathleen|Amy|Angela|Shirley|Anna|"
    "Brenda|Pamela|Emma|Nicole|Helen|Samantha|Katherine|Christine|Debra|Rachel|Carolyn|Janet|Maria|Catherine|Heather|Diane|Jane|"
    "Olivia|Julie|Joyce|Victoria|Kelly|Christina|Joan|Evelyn|Judith|Alice|Ann|Anne|Kate|Lucy|Ruth|Tom|Bob|Bill|Jim|Mike|Joe|Ben|"
    "Sam|Wei|Fang|Ming|Li|Jun|Lei|Hui|Xiao|Yan|Ying|Hong|Mohammed|Ahmed|Ali|Fatima|Juan|Carlos|Jose|Luis"
)
_LAST = r"[A-Z][a-zA-Z'-]{1,20}"
_ENGLISH = (
    re.compile(rf"\b(?:Mr|Mrs|Ms|Mx)\b\.?\x20({_LAST}(?:\x20(?:[A-Z]\.\x20)?{_LAST})?)"),
    re.compile(rf"\b[Pp]atient(?:,?\x20|:\x20?)((?:{_FIRST})\x20(?:[A-Z]\.?\x20)?{_LAST})"),
    re.compile(
        rf"(?:\b[Pp]atient(?:'s)?\x20[Nn]ame|\b[Nn]ame(?=:)|\b[Mm]y\x20name|\b[Ff]ull\x20[Nn]ame)(?::|\x20is)\x20?({_LAST}(?:\x20[A-Z]\.?)?\x20{_LAST})"
    ),
)


def _find(text: str) -> Iterator[tuple[int, int]]:
    if holds(text, _WORDS):
        for pattern in (_STRONG, _CALLED):
            for match in pattern.finditer(text):
                yield match.span(1)
    if "岁" in text:
        for match in _FIRST_OF_ALL.finditer(text):
            yield match.span(1)
    if _SOMEBODY.search(text):
        for pattern in _ROLE:
            for match in pattern.finditer(text):
                yield match.span(1)
    if "M" in text or "atient" in text or "ame" in text:
        for pattern in _ENGLISH:
            for match in pattern.finditer(text):
                yield match.span(1)


IDENTIFIER = Identifier(
    Text("name", "姓名"),
    Text("name", "姓名"),
    _find,
    finds=(
        ("姓名：张三丰性别：男", "张三丰"),
        ("患者张三，因头痛入院", "张三"),
        ("病人黄小明，男，45岁", "黄小明"),
        ("姓  名：买买提·艾山，", "买买提·艾山"),
        ("我叫王小红。", "王小红"),
        ("Mr. John Smith has a cough", "John Smith"),
        ("Patient John Smith, 45, was", "John Smith"),
    ),
    passes=(
        "患者高热，男",
        "患者黄疸，皮肤瘙痒",
        "阿狄森病与帕金森病，Parkinson disease",
        "病人何时可以出院",
        "患者：谢谢。",
        "患者李某，张某某",
        "姓名：不详",
        "王先生，李女士",
        "Patient Health Questionnaire",
        "药品通用名：阿司匹林",
    ),
    order=80,
)
