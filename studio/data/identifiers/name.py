"""Names of patients and of those around them: by a label, by who is said to be so called, or by a title in English.

No name is looked for by itself: drugs, diseases and those that they are called after look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.identifiers._chinese_name import chinese_names
from studio.data.identifiers._english_name import english_names
from studio.data.identifiers.base import Identifier

_CAPITALS = re.compile("[A-Z][A-Za-z]")


def _find(text: str) -> Iterator[tuple[int, int]]:
    if not text.isascii():
        yield from chinese_names(text)
    if _CAPITALS.search(text):
        yield from english_names(text)


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
        ("主治医师：王建军  记录", "王建军"),
        ("收件人：李秀英，", "李秀英"),
        ("患者陈国强因胸痛2小时入院", "陈国强"),
        ("其女儿（儿媳，刘敏）陪同", "刘敏"),
        ("由心内科张卫民主任医师会诊", "张卫民"),
        ("随访：孙丽华（电话已登记）", "孙丽华"),
        ("Mr. John Smith has a cough", "John Smith"),
        ("seen by Dr. van der Berg today", "van der Berg"),
        ("A woman named Grace Adeyemi presented", "Grace Adeyemi"),
        ("RE: Tremblay, Luc\nDOB", "Tremblay, Luc"),
        ("PATIENT NAME: ADA M. BYRON  SEX: F", "ADA M. BYRON"),
        ("Attending physician: Nora Haddad, MD", "Nora Haddad"),
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
        "毛囊炎，女性多见",
        "我是徐州人，今年发病",
        "请何种专科主任会诊",
        "主治医师：见病历",
        "Generic name: Losartan Potassium",
        "Provider: Internal Medicine",
        "Patient: Reported Outcome",
        "Patient-Controlled Therapy and Provider-Patient Relation",
        "Near Miss Events and MS Lesions",
    ),
    columns=("patient_name", "full_name", "姓名", "患者姓名", "病人姓名", "联系人"),
    order=80,
)
