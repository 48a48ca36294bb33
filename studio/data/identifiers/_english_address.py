"""Addresses in English: a house number and a road, a post-office box; with the flat, the town, the state and the code behind it.

A road that ends in a word of the street alone is one by itself. A word that means much else (`Run`, `Way`, `Views`), a numbered
road, and one without any such word need something beside them: words in front that say that somebody lives there, a flat, or
a town with its state or code behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLEAR = (
    r"Street|Str?\.|Str?(?=[,;\n]|\x20[NSEW]{1,2}\b|$)|Avenue|Ave?|Road|Rd|Boulevard|Blvd|Lane|Ln|Parkway|Pkwy|Terrace|Crescent|Highway|Hwy|"
    r"Turnpike|Tpke|Drive|Court|Place"
)
# Of the suffixes of the United States Postal Service (Publication 28, C1), with the British ones, those that people use.
_OTHERS = (
    r"St|Dr|Ct|Pl|Way|Circle|Cir|Square|Sq|Trail|Trl|Ter|Cres|Close|Row|Run|Walk|Mews|Grove|Gardens?|Alley|Annex|Arcade|Bayou|Beach|Bend|Bluffs?|"
    r"Bottom|Branch|Bridge|Brooks?|Burgs?|Bypass|Camp|Canyon|Cape|Causeway|Centers?|Circles|Cliffs?|Club|Commons?|Corners?|Course|Courts|Coves?|Creek|"
    r"Crest|Crossing|Crossroads?|Curve|Dale|Dam|Divide|Drives|Estates?|Expressway|Extensions?|Falls?|Ferry|Fields?|Flats?|Fords?|Forest|Forges?|"
    r"Forks?|Fort|Freeway|Gateway|Glens?|Greens?|Groves|Harbors?|Haven|Heights|Hills?|Hollow|Inlet|Islands?|Isle|Junctions?|Keys?|Knolls?|Lakes?|"
    r"Land|Landing|Lights?|Loaf|Locks?|Lodge|Loop|Mall|Manors?|Meadows?|Mills?|Mission|Motorway|Mount|Mountains?|Neck|Orchard|Oval|Overpass|Parks?|"
    r"Parkways|Pass|Passage|Path|Pike|Pines?|Plains?|Plaza|Points?|Ports?|Prairie|Radial|Ramp|Ranch|Rapids?|Rest|Ridges?|River|Roads|Route|Rue|"
    r"Shoals?|Shores?|Skyway|Springs?|Spurs?|Squares|Station|Stravenue|Stream|Streets|Summit|Throughway|Trace|Track|Trafficway|Trailer|Tunnel|"
    r"Underpass|Unions?|Valleys?|Viaduct|Views?|Villages?|Ville|Vista|Walks|Wall|Ways|Wells?"
)
_NUMBER = r"(?<![0-9A-Za-z.,/$#-])(?:(?:Flat|Apt|Unit)\.?\x20[0-9A-Z]{1,4},?\x20)?(?:[0-9]{1,3}/)?[0-9]{1,5}[A-Z]?(?:-[0-9]{1,4})?\x20"
_WORD = r"(?:[A-Z][a-zA-Z'-]{2,17}|[A-Z][a-z]?|(?:N|S|E|W|NE|NW|SE|SW|St|Mt|Ft|Dr|Jr|Sr|Old|[A-Z])\.|[0-9]{1,3}(?:st|nd|rd|th))"
_SIDE = r"(?:\x20(?:NE|NW|SE|SW|[NSEW]|North|South|East|West)\b\.?)?"
_NUMBERED = r"(?:(?:County|State|US|U\.S\.|Farm|Rural|Old|Forest|Township)\x20){0,2}(?:Route|Rte|Road|Rd|Highway|Hwy|FM|CR|RR|SR)\.?\x20[0-9]{1,4}[A-Z]?\b"
_ROAD = re.compile(
    rf"{_NUMBER}(?:(?P<clear>(?:{_WORD}\x20){{1,4}}(?:{_CLEAR})(?<!\.)(?:\b\.?|(?<=\.))(?![a-z]){_SIDE})|"
    rf"(?:{_WORD}\x20){{1,4}}(?:{_OTHERS})\b\.?{_SIDE}|{_NUMBERED}|(?P<bare>{_WORD}(?:\x20{_WORD}){{0,2}}))"
)
_BOX = re.compile(
    r"\b(?:P\.?\x20?O\.?|Post\x20Office)\x20?Box\x20?#?[0-9]{1,6}\b|\b(?:PSC|CMR|Unit)\x20[0-9]{3,5},?\x20Box\x20[0-9]{1,5}"
)
_FLAT = re.compile(
    r"[,\n]?\x20?(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Room|Rm|Lot|Floor|Fl|Building|Bldg)\b\.?\x20?#?|#\x20?)[0-9A-Z][0-9A-Za-z-]{0,5}\b"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|"
    "VA|WA|WV|WI|WY|DC|PR|GU|VI|AS|MP|AA|AE|AP|FM|MH|PW|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|"
    "Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    "Montana|Nebraska|Nevada|New\x20(?:Hampshire|Jersey|Mexico|York)|(?:North|South)\x20(?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|"
    "Rhode\x20Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West\x20Virginia|Wisconsin|Wyoming|NSW|VIC|QLD|TAS|ACT|ON|QC|BC|AB|MB|SK|NS|NB"
)
_CODE = r"[0-9]{5}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][0-9A-Z]?\x20[0-9][A-Z]{2}|[A-Z][0-9][A-Z]\x20?[0-9][A-Z][0-9]|[0-9]{4}"
_TOWN_NAME = r"[A-Z][A-Za-z'.-]{1,17}(?:\x20[A-Z][A-Za-z'.-]{1,17}){0,3}?"
_TOWN = re.compile(
    rf"(?:,\x20?\n?|\x20?\n|\x20)(?:{_TOWN_NAME}(?:,?\x20)(?:(?:{_STATES})\b\.?(?:,?\x20(?:{_CODE})\b)?|(?:{_CODE})\b)|(?:APO|FPO|DPO)[,\x20]+A[AEP]\b(?:\x20[0-9]{{5}})?)"
)
_TOWN_ALONE = re.compile(r",\x20[A-Z][a-z]{2,15}(?:\x20[A-Z][a-z]{2,15})?(?=[.,;:)\n]|$)")
_HERE = re.compile(
    r"(?:\baddress(?:\x20(?:is|was|of))?|\b(?:lives?|living|lived|resid(?:es|ing|ed)|staying|stays|located)\x20(?:alone\x20)?(?:at|in|on)|\bresidence)\W{0,3}\Z",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\b(?:home|mail(?:ed)?|sen[dt]|ship(?:ped)?|deliver(?:ed)?|forward(?:ed)?|return(?:ed)?|moved|discharged|post(?:ed)?|write)\b[^.;\n0-9]{0,30}\b(?:to|at)\x20\Z",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    "Hospital|University|Department|Dept|College|Institute|School|Clinic|Cancer|Medical|Health|Faculty|Division|Laborator|Research|Foundation"
)  # of an author, numbered as journals number them
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\x20")
_LEAD = 60  # characters in front of the number
_CAPITAL = re.compile(r"\x20[A-Z][a-z]")


def english_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses begin and end."""
    if "Box" in text:
        for match in _BOX.finditer(text):
            yield match.start(), _behind(text, match.end())
    for match in _ROAD.finditer(text):
        end = _behind(text, match.end())
        if match["clear"] is None and (_HOUSE.search(match[0]) or _YEAR.match(match[0])):
            continue
        lead = text[max(0, match.start() - _LEAD) : match.start()]
        told = end > match.end()
        if match["bare"]:
            told = (told and text[match.end()] in ",\n#") or _HERE.search(lead) is not None
        elif not told:
            clear = match["clear"] is not None and not _CAPITAL.match(text, end)
            told = clear or _HERE.search(lead) is not None or _SENT.search(lead) is not None
        if not told:
            continue
        if end == match.end() and not match["bare"] and (town := _TOWN_ALONE.match(text, end)):
            end = town.end()
        yield match.start(), end


def _behind(text: str, end: int) -> int:
    """Return where a flat and a town end that follow a road."""
    for pattern in (_FLAT, _TOWN):
        if match := pattern.match(text, end):
            end = match.end()
    return end
