"""Names in English: behind a title or a label, or with what is said of a person right behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from studio.data.checks.base import holds

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
_PARTICLE = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|la|le|bin|ibn|al|el)[\x20-]){0,2}"
_LAST = rf"{_PARTICLE}[A-Z][a-zA-Z'’-]{{1,20}}"
_MIDDLE = r"(?:[A-Z]\.?\x20)?"
_FULL = rf"[A-Z][a-z][a-zA-Z'’-]{{0,18}}\x20{_MIDDLE}{_LAST}"
_CAPITALS = r"[A-Z][A-Z'’-]+,?\x20(?:[A-Z]\.?\x20)?[A-Z][A-Z'’-]+(?![a-z])"
_TURNED = r"[A-Z][a-z][a-zA-Z'’-]{0,18},\x20[A-Z][a-z]+(?:\x20[A-Z]\.?)?"
_TITLED = re.compile(
    rf"(?<!Near\x20)\b(?:(?:Mr|Dr)\.?\x20(?:and|&)\x20(?:Mrs|Ms|Dr)|Mr|Mrs|Ms|Mx|Miss|Dr|Prof(?:essor)?)\b\.?\x20"
    rf"(?!Recommends|Advises|Who\b)({_LAST}(?:\x20{_MIDDLE}{_LAST}|\x20[A-Z]\.\x20{_LAST})?)"
)
_TITLES = ("Mr", "Ms", "Mx", "Miss", "Dr", "Prof")
_PATIENT = re.compile(rf"\b(?:[Pp]atient|[Pp]t)(?:,?\x20|\.\x20|:\x20?)((?:{_FIRST})\x20{_MIDDLE}{_LAST})")
_SAID = re.compile(rf"\b(?:I\x20am|I'm|[Tt]his\x20is|[Nn]amed|[Cc]alled|[Dd]ear)\x20((?:{_FIRST})\x20{_MIDDLE}{_LAST})")
_PERSON = (
    r"[Pp]atient|[Pp]t|RE|Re|[Ee]mergency\x20[Cc]ontact|[Nn]ext\x20of\x20[Kk]in|[Gg]uardian|[Mm]other|[Ff]ather|[Ss]pouse|[Cc]aregiver|[Ii]nformant|"
    r"(?:[Aa]ttending|[Rr]eferring|[Tt]reating|[Oo]rdering|[Pp]rimary(?:\x20[Cc]are)?)\x20(?:[Pp]hysician|[Pp]rovider|[Dd]octor|[Ss]urgeon)|[Pp]hysician|"
    r"[Pp]rovider|[Ss]urgeon|[Nn]urse|[Dd]octor|[Aa]ttending|PCP|[Ss]igned(?:\x20by)?|[Dd]ictated\x20by|[Rr]eported\x20by|[Rr]eferred\x20by|[Aa]ttn"
)
_NAME = rf"\x20{{0,4}}(?P<name>{_CAPITALS}|{_TURNED}|{_FULL})"
_BEHIND = re.compile(rf"[:=–-](?<![A-Za-z][–-]){_NAME}")
_IS = re.compile(rf"\b(?:is|named){_NAME}")
_LABEL = re.compile(rf"(?:(?:\b(?P<whose>[A-Za-z]+)(?:'s)?\x20)?\b(?:[Nn]ame|NAME)|\b(?:{_PERSON}))\x20{{0,2}}\Z")
_SOMEBODY = re.compile(r"\b(?:[Pp]atient|[Mm]an|[Ww]oman|[Bb]oy|[Gg]irl|[Cc]hild|[Ii]nfant)\x20\Z")
_AGED = re.compile(rf"\b[Pp]atient,?\x20({_FULL})(?=,?\x20(?:\(?[0-9]{{1,3}}\b|aged\b|is\x20an?\x20[0-9]|was\x20born))")
_LEAD = 40  # characters
_THINGS = frozenset(
    [
        "generic",
        "brand",
        "trade",
        "drug",
        "product",
        "proprietary",
        "file",
        "test",
        "gene",
        "user",
        "display",
        "medication",
        "medicine",
        "chemical",
        "common",
        "scientific",
        "species",
        "host",
        "domain",
        "variable",
        "column",
        "field",
        "hospital",
        "study",
        "trial",
        "device",
        "company",
        "manufacturer",
        "insurance",
        "pharmacy",
        "clinic",
        "disease",
        "condition",
    ]
)
"""Whose name is no person's."""
_NO_NAME = re.compile(
    r"(?i:calcium|sodium|potassium|hydrochloride|hcl|sulfate|acid|health|care|medicine|medical|clinic|hospital|center|centre|department|service|unit|ward|"
    r"questionnaire|outcomes?|safety|history|complaint|diagnosis|disease|syndrome|disorder|infection|diabetes|hypertension|cancer|failure|type|stage|"
    r"chief|internal|general|family|not|none|unknown|see|reported|consent|education|summary|report|results?|data|status|group|date|information|"
    r"number|score|scale|index|test|control|history|is|was|has|denies|presents?|states?)\Z|"
    r"[a-z]+(?:itis|osis|emia|aemia|uria|pathy|cillin|mycin|oxacin|azole|statin|sartan|prazole|profen|tidine|olol|mab|nib|gliptin|gliflozin|formin|amide|zine|pine)\Z"
)


def english_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names begin and end; a title in front is none of a name."""
    if holds(text, _TITLES):
        for match in _TITLED.finditer(text):
            yield match.span(1)
    if holds(text, ("atient", "pt ", "Pt ", "pt.", "pt:")):
        yield from (match.span(1) for match in _PATIENT.finditer(text))
        yield from (match.span(1) for match in _AGED.finditer(text) if _is_name(match[1]))
    if holds(text, ("I am ", "I'm ", "his is ", "amed ", "alled ", "ear ")):
        yield from (match.span(1) for match in _SAID.finditer(text))
    spoken = _IS.finditer(text) if holds(text, ("ame is ", "AME is ", "named ")) else ()
    for match in chain(_BEHIND.finditer(text), spoken):
        if _is_told(text[max(0, match.start() - _LEAD) : match.start()], match[0]) and _is_name(match["name"]):
            yield match.span("name")


def _is_told(lead: str, found: str) -> bool:
    if found.startswith("named"):
        return _SOMEBODY.search(lead) is not None
    label = _LABEL.search(lead)
    return label is not None and (label["whose"] or "").lower() not in _THINGS


def _is_name(said: str) -> bool:
    return not any(_NO_NAME.match(word.strip(".,")) for word in said.split())
