"""Names in Chinese: by a label, by who is said to be so called, or by what is said of a person right behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.data.checks.base import holds
from studio.data.identifiers._labels import spaced

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
    "肺肾胃肠腹胸头颈皮肤目用做过说知道想问来去到就也还都很太让请先生女士姐医患家属师吗呢吧啊急毒见发边炎囊癌瘤疹疱疮癣斑种科人州市县省区镇"
)
_GIVEN = rf"(?:(?![{_NEVER}]|小[时便]){_HAN}){{1,2}}"
_FIELDS = r"性\s?别|年\s?龄|男|女|出生|民族|职业|婚姻|籍贯|住址|地址|电话|手机|联系|科\s?室|床号|住院|门诊|病历|病案|就诊|身份证|证件|日期|单位|关系|签"
_END = rf"(?=[\s，。,、；;.()（）\[\]【】|/*\"”'0-9A-Za-z!！?？_-]|$|{_FIELDS}|先生|女士|小姐|副?主任|主治|教授)"
_SIGNER = "收件人|收货人|受检者|受检人|送检人|记录人|记录者|报告人|审核人|签名|签字|陪护人|被保险人|投保人|申请人"
_DOCTOR = (
    "(?:主任|副主任|主治|住院|主管|经治|管床|经管|责任|报告|审核|送检|检查|会诊|接诊|记录|开单)(?:医师|医生|护士|大夫)"
)
_STRONG = re.compile(
    rf"(?:{spaced('姓名', '联系人', '监护人', '就诊人', '患者姓名', '病人姓名', '紧急联系人', '患者名', '患儿姓名')})(?:[(（][^)）\n]{{0,8}}[)）])?(?:\s{{0,2}}[:：=]\s{{0,4}}|是|为|叫|\x20{{1,4}})"
    rf"(?!{_FIELDS}|不详|未知|不明|保密|匿名|无名|没有|暂无|本人|同上|空白|见|患者|家属|{_HAN}?某|{_HAN}{{1,2}}(?:先生|女士))({_HAN}{{1,8}}(?:[·•]{_HAN}{{1,8}})+|{_SURNAME}\x20?{_HAN}(?:\x20?{_HAN}??){{0,2}}|{_HAN}{{2,4}}?|[A-Z][a-z]+(?:\x20[A-Z][a-z]+){{1,2}}){_END}"
)
# These stand in front of much else than names.
_SIGNED = re.compile(rf"[:：]\s{{0,4}}({_SURNAME}{_GIVEN}){_END}")
_SIGNER_BEFORE = re.compile(rf"(?:{_SIGNER}|{_DOCTOR})\s?\Z")
_CLEAR_SURNAME = f"(?:{_DOUBLE}|[{_CLEAR}])"
_CALLED = re.compile(
    rf"(?:我叫|名叫|他叫|她叫|我是患者|我是病人|本人)({_SURNAME}{_GIVEN}){_END}|(?<!{_HAN})我是({_CLEAR_SURNAME}{_GIVEN})(?=[，,。.；;]|$)"
)
_KIN = "父亲|母亲|爸爸|妈妈|丈夫|妻子|儿子|女儿|爱人|老公|老婆|配偶|儿媳|女婿|姐姐|妹妹|哥哥|弟弟|爷爷|奶奶|外公|外婆|孙子|孙女|侄子|侄女|家属|陪护|陪同者|监护人"
_WHO = re.compile(rf"(?:患者|病人|患儿|产妇|孕妇|死者|伤者|受检者|逝者|{_KIN})[:：]?\x20?")
# Facts about a person behind it say that it is a name; a mere comma does where the surname is hardly anything else.
_FACTS = (
    r"(?=\s?[，,、（(]?\s?(?:男|女|性别|[0-9]{1,3}\s?岁|身份证|证件|手机|电话|联系|住院号|病历号|门诊号|住址|家住|现住|"
    r"生于|出生|护照|医保))"
)
_WHY = r"(?=\s?(?:因|于|自述|诉|由(?:家属|急诊|门诊|120)|主诉|系|拟|以)[“\"'\u4e00-\u9fff0-9])"
_ROLE = re.compile(
    rf"({_CLEAR_SURNAME}(?:(?![某先女士]){_HAN}){{1,2}}){_FACTS}|({_SURNAME}{_GIVEN}){_FACTS}|"
    rf"({_CLEAR_SURNAME}{_GIVEN})(?:(?=[，。,；;（()）]|\s*(?:\n|$))|{_WHY})|[，,、/]\s?({_CLEAR_SURNAME}{_GIVEN})(?=[)）])"
)
# A person of whom the next words say what one says of persons alone; `王先生` and `李医生` name nobody.
_SEX = re.compile(r"[男女]性?(?=[，,、。；; ）)])")
_REACHED = re.compile(r"(?:联系)?(?:电话|手机|身份证|住院号|门诊号|病历号)")
_STAFF = re.compile(r"(?:副主任|主任|主治|住院)(?:医师|医生)|教授|大夫|护士|主任(?!委|医|护)")
_AGED = re.compile(r"[男女]性?\s?[，,、 ]?\s?[0-9]{1,3}\s?岁")
_BEFORE_FACT = re.compile(rf"(?<!{_HAN})({_SURNAME}{_GIVEN})\s?[，,、（( ]\s?\Z")
_BEFORE_SEX = re.compile(rf"(?<!{_HAN})({_CLEAR_SURNAME}{_GIVEN})\s?[，,、（( ]\s?\Z")
_BEFORE_NUMBER = re.compile(rf"(?<!{_HAN})({_CLEAR_SURNAME}{_GIVEN})\s?[（(，,]?\s?\Z")
_BEFORE_TITLE = re.compile(rf"(?:[科由请经找挂]|^|(?<!{_HAN}))({_CLEAR_SURNAME}{_GIVEN})\Z", re.MULTILINE)
_TOLD = (
    (("男", "女"), _AGED, _BEFORE_FACT),
    (("男", "女"), _SEX, _BEFORE_SEX),
    (("电话", "手机", "身份证", "院号", "诊号", "历号"), _REACHED, _BEFORE_NUMBER),
    (("主任", "主治", "住院医", "教授", "大夫", "护士"), _STAFF, _BEFORE_TITLE),
)
"""What is said behind a name (one of some words is in it), and how the name stands in front of it."""
_LEAD = 10  # characters: the longest name with what may part it from the fact, and one in front


def chinese_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names begin and end. What tells a name is rarer than a surname, so it is looked for first."""
    for match in _STRONG.finditer(text):
        yield match.span(1)
    for match in _SIGNED.finditer(text):
        if _SIGNER_BEFORE.search(text[max(0, match.start() - _LEAD) : match.start()]):
            yield match.span(1)
    if holds(text, ("我是", "我叫", "名叫", "他叫", "她叫", "本人")):
        for match in _CALLED.finditer(text):
            yield match.span(match.lastindex or 0)
    for who in _WHO.finditer(text):
        if name := _ROLE.match(text, who.end()):
            yield name.span(name.lastindex or 0)
    for words, fact, before in _TOLD:
        if not holds(text, words):
            continue
        for match in fact.finditer(text):
            begin = max(0, match.start() - _LEAD)
            if name := before.search(text[begin : match.start()]):
                yield begin + name.start(1), begin + name.end(1)
