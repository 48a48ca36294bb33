"""Which encoding a text is in, told by whether what comes out of it reads like a language: nearly any bytes decode."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from studio.core.text import Text

SAMPLE_BYTES = 65_536
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]+")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

# The most frequent characters of each script, medical ones among them: a third or more of any real text, and one or
# two in a hundred characters of a text that is read in a wrong encoding.
_HANS = frozenset(
    "的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用"
    "发天如然作方成者多日都三小二无同么经法当起与好看学进种将还分此心前面又定见只主没从知使样现很正开些长明情理己意体全"
    "间关点文因由两想实病症药治疗患医诊断炎痛热血压糖尿肺肝肾胃肠癌瘤素酶菌毒感染急慢性检查手术护孕儿童剂量服注射引首选"
    "常见最表临床特征题答案问什何哪以属包括述错误正确高低每次型部位，。、？！：；（）“”《》　"
)
_HANT = frozenset(
    "來這個們說國時為發後會對過還經學將種與現沒從開關點實見長間體無兩進樣頭動應當問題診斷療藥醫證腦腎臟腸膚類壓熱檢術"
    "護劑處選確錯誤給麼該屬於並讓請謝電話區機構應該會嗎哪邊歲"
)
_HANGUL = frozenset(
    "이다는을가에의하고로지은를한도니서기리사자어나아대해시인그수보있안부일정제소면라주것요습적오들무우성상과위치원전동장"
    "러마만여생환약병질통증문용경간음되합으비진신심복혈압당뇨염유저세구조발드려까때와내중분년"
)
_WESTERN = frozenset("éèêëàâäáãåíîìïóôòõöúûùüñçæœøßÉÈÀÂÄÁÅÍÓÖÚÜÑÇÆŒØ’‘“”–—…•·°±µ²³½¼®™©€£«»¿¡×ºª\xa0")


def _share(text: str, known: Callable[[str], bool]) -> float:
    """Return the share of the characters above ASCII that are known; one that could not be decoded counts against it."""
    above = [character for character in text if character > "\x7f"]
    wrong = sum(character == "\ufffd" for character in above)
    return (sum(map(known, above)) - 3 * wrong) / len(above) if above else 0.0


def _is_chinese(character: str) -> bool:
    return character in _HANS or character in _HANT


def _is_kana(character: str) -> bool:
    return "\u3041" <= character <= "\u30ff" or character in "、。"


_CANDIDATES: dict[str, Callable[[str], bool]] = {
    "gb18030": _is_chinese,
    "big5": _is_chinese,
    "shift_jis": _is_kana,
    "euc_jp": _is_kana,
    "euc_kr": _HANGUL.__contains__,
    "cp1252": _WESTERN.__contains__,
}
_READ_AS = {"shift_jis": "cp932", "euc_kr": "cp949"}  # what Windows writes under these names


def mark_of(data: bytes) -> str:
    """Return the encoding that a mark at the beginning names; empty where there is none."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), "")


def is_encoding(name: str) -> bool:
    """Tell whether text can be read in an encoding of that name."""
    try:
        "".encode(name)
    except (LookupError, ValueError, UnicodeError):
        return False
    return True


def codec_of(encoding: str) -> str:
    """Return the name of the codec that reads an encoding as programs write it."""
    return _READ_AS.get(encoding, encoding)


def tell_encoding(data: bytes) -> str:
    """Return the encoding of some bytes, which may end inside a character; empty where it cannot be told.

    A text that is UTF-8 but for some damaged bytes is UTF-8. UTF-16 is `utf-16` where a mark says so, and `utf-16-le`
    or `utf-16-be` where only its zero bytes do.
    """
    marked = mark_of(data)
    if marked:
        return marked
    if b"\x00" in data and not _is_text(data.replace(b"\x00", b""), data.count(b"\x00")):
        return _utf16(data)
    if _is_utf8(data):
        return "utf-8"
    sample = sample_of(data)
    runs = [len(found.group()) for found in _ABOVE_ASCII.finditer(sample)]
    # of a text in another encoding a third looks like UTF-8 by chance
    if sum(len(found.group()) for found in _UTF8.finditer(sample)) > sum(runs) * 0.75:
        return "utf-8"
    if runs.count(1) > len(runs) / 2:  # accented letters stand alone
        text = sample.decode("cp1252", errors="replace")
        return "cp1252" if _share(text, _CANDIDATES["cp1252"]) >= 0.9 else ""
    scores = {
        name: _share(sample.decode(codec_of(name), errors="replace"), known)
        for name, known in _CANDIDATES.items()
        if name != "cp1252"
    }
    best, second = sorted(scores, key=lambda name: -scores[name])[:2]
    return best if scores[best] >= 0.15 and scores[best] >= 1.5 * scores[second] else ""


def sample_of(data: bytes) -> bytes:
    """Return the lines that hold more than ASCII, as far as a judgement needs; the last may be cut."""
    lines, size, place = [], 0, 0
    while size < SAMPLE_BYTES and (found := _ABOVE_ASCII.search(data, place)):
        begin = max(data.rfind(b"\n", place, found.start()) + 1, place, found.start() - SAMPLE_BYTES // 64)
        end = data.find(b"\n", found.end(), begin + SAMPLE_BYTES - size)
        place = end if end >= 0 else min(len(data), begin + SAMPLE_BYTES - size)
        lines.append(data[begin:place])
        size += place - begin + 1
    return b"\n".join(lines)


def guesses(data: bytes) -> list[str]:
    """Return the encodings that some bytes may be in, for a message, the likeliest first."""
    from charset_normalizer import from_bytes

    found = [match.encoding for match in from_bytes(sample_of(data)[:8192])]
    return list(dict.fromkeys(name for name in found if name != "utf_8"))[:3]


def hint_of(data: bytes) -> Text:
    """Return what to do about bytes whose encoding cannot be told."""
    named = ", ".join(guesses(data))
    en = f" It may be {named}." if named else ""
    zh = f"它可能是 {named}。" if named else ""
    return Text(
        f"Save the file as UTF-8 (in Excel: CSV UTF-8) and try again.{en}",
        f"请把文件另存为 UTF-8（Excel 中选择“CSV UTF-8”）后再试。{zh}",
    )


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _is_text(rest: bytes, zeros: int) -> bool:
    """Tell whether bytes are text in which a few zero bytes went astray: in UTF-16 every ASCII character has one."""
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in rest[:4096])
    return zeros <= len(rest) / 50 and controls <= min(len(rest), 4096) / 50 and _is_utf8(rest)


def _utf16(data: bytes) -> str:
    """Return which of the two UTF-16 a text without a mark is; empty for what is no text."""
    sample = data[: 4096 & ~1]
    shares = {}
    for name in ("utf-16-le", "utf-16-be"):
        text = codecs.getincrementaldecoder(name)("replace").decode(sample)
        shares[name] = sum(map(_is_usual, text)) / max(1, len(text))
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= 0.95 else ""


def _is_usual(character: str) -> bool:
    return (
        " " <= character <= "~"
        or character in "\t\r\n"
        or "\xa0" <= character <= "\u06ff"
        or "\u2010" <= character <= "\u203b"
        or "\u3000" <= character <= "\u30ff"
        or "\u4e00" <= character <= "\u9fa5"
        or "\uac00" <= character <= "\ud7a3"
        or "\uff01" <= character <= "\uff5e"
    )
