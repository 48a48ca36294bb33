"""Numbers that a hospital gives its patients and their papers; a label tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.core.text import Text
from studio.data.checks.base import holds
from studio.data.identifiers._labels import AFTER, NUMBER, numbers, spaced
from studio.data.identifiers._others import digits_of, with_latter_half
from studio.data.identifiers.base import Identifier

_CHINESE = spaced(
    *(
        "住院号",
        "住院病案号",
        "住院病历号",
        "住院登记号",
        "住院编号",
        "门诊号",
        "门诊病历号",
        "急诊号",
        "病历号",
        "病案号",
    ),
    *(
        "病历编号",
        "病案编号",
        "病例号",
        "就诊号",
        "就诊卡号",
        "就诊卡",
        "就诊序号",
        "登记号",
        "诊疗卡号",
        "挂号单号",
        "患者ID",
    ),
    *("患者编号", "患者号", "病人ID", "病人编号", "病人号", "检查号", "影像号", "超声号", "标本号", "条码号", "病理号"),
    *("体检号", "体检编号", "ID号", "放射号", "CT号", "MRI号"),
)
_ENGLISH = (
    r"\bMRN\b|\b[Mm]edical [Rr]ecord (?:[Nn]umber|[Nn]o\b\.?|#)|\b[Hh]ospital (?:[Nn]umber|[Nn]o\b\.?|ID)|"
    r"\b[Pp]atient ID\b|\b[Cc]hart (?:[Nn]umber|[Nn]o\b\.?|#)|\bNHS (?:[Nn]umber|[Nn]o\b\.?)|"
    r"\b[Aa]dmission (?:[Nn]umber|[Nn]o\b\.?)|\b[Vv]isit (?:[Nn]umber|[Nn]o\b\.?)"
)
_VALUE = re.compile(rf"(号|卡|编\s{{0,4}}号|I\s{{0,4}}D){AFTER}({NUMBER})")
_LABEL = re.compile(rf"(?:{_CHINESE})\Z")
_LABELLED = re.compile(rf"(?:{_ENGLISH}){AFTER}(?:is\x20)?({NUMBER})")
_WORDS = ("MRN", "ecord ", "ospital ", "atient ID", "hart ", "NHS ", "dmission ", "isit ")
_LEAD = 40  # characters of a label whose signs are set apart
_FEWEST = 3


def _find(text: str) -> Iterator[tuple[int, int]]:
    if not text.isascii():
        for match in _VALUE.finditer(text):
            if _LABEL.search(text, max(0, match.start() - _LEAD), match.end(1)) and len(digits_of(match[2])) >= _FEWEST:
                yield match.span(2)
    if holds(text, _WORDS):
        yield from numbers(_LABELLED, text, _FEWEST)


IDENTIFIER = Identifier(
    Text("hospital number", "病历号等就诊编号"),
    Text("hospital number", "就诊编号"),
    _find,
    finds=(
        ("住院号ZY20230001，头痛三天", "ZY20230001"),
        ("门 诊 号：2023-00127", "2023-00127"),
        ("病案号（新）：A0012345", "A0012345"),
        ("MRN: 00123456 was admitted", "00123456"),
        ("medical record number is 88-12-345.", "88-12-345"),
    ),
    passes=(
        "住院号源紧张，请提前3天预约",
        "国药准字H20030001",
        "GenBank登录号AB123456",
        "ICD-10编码I10.x02",
        "共有128例病例，编号从1到128",
        "MRN测定为12",
    ),
    other=with_latter_half,
    columns=(
        "patient_id",
        "pat_id",
        "patient_no",
        "patient_number",
        "mrn",
        "medical_record_number",
        "hadm_id",
        "admission_id",
        "住院号",
        "病历号",
        "病案号",
        "门诊号",
        "就诊号",
        "患者ID",
        "患者编号",
        "病人ID",
        "病人编号",
        "登记号",
    ),
    order=40,
)
