"""What a file looks like that no rows can be read from, and what to do about it."""

from __future__ import annotations

import re

from studio.core.text import Text

_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_PICKLE = re.compile(rb"\x80[\x02-\x05](?:[\x95}\]\(c(K]|\x8c)")

_RESAVE = Text("Save its table as CSV or XLSX.", "请把其中的表格另存为 CSV 或 XLSX。")
_BOOK = Text("Its text belongs into a knowledge base.", "其中的文字请放进知识库。")
_NO_TEXT = Text("Accepted is text, or a table; not a picture.", "可接受文本或表格，不接受图片。")
_UNPACK = Text("Unpack it and upload what is in it.", "请解压后上传其中的文件。")

_MAGIC: tuple[tuple[bytes, Text, Text], ...] = (
    (b"%PDF-", Text("a PDF document", "PDF 文档"), _BOOK),
    (
        b"SQLite format 3\x00",
        Text("an SQLite database", "SQLite 数据库"),
        Text("Export the table as CSV.", "请把数据表导出为 CSV。"),
    ),
    (b"\x89PNG", Text("a picture (PNG)", "图片（PNG）"), _NO_TEXT),
    (b"\xff\xd8\xff", Text("a picture (JPEG)", "图片（JPEG）"), _NO_TEXT),
    (b"GIF8", Text("a picture (GIF)", "图片（GIF）"), _NO_TEXT),
    (b"\x1f\x8b", Text("a gzip archive", "gzip 压缩文件"), _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", Text("a 7-Zip archive", "7-Zip 压缩文件"), _UNPACK),
    (b"Rar!", Text("a RAR archive", "RAR 压缩文件"), _UNPACK),
    (b"BZh", Text("a bzip2 archive", "bzip2 压缩文件"), _UNPACK),
    (b"\xfd7zXZ\x00", Text("an xz archive", "xz 压缩文件"), _UNPACK),
    (b"\x28\xb5\x2f\xfd", Text("a Zstandard archive", "Zstandard 压缩文件"), _UNPACK),
    (b"{\\rtf", Text("a rich text document (RTF)", "富文本文档（RTF）"), _RESAVE),
    (b"\xd0\xcf\x11\xe0", Text("an old Office document", "旧版 Office 文档"), _RESAVE),
    (
        b"\x93NUMPY",
        Text("a NumPy array", "NumPy 数组"),
        Text("Save the rows as JSONL or Parquet.", "请把数据保存为 JSONL 或 Parquet。"),
    ),
    (b"PAR1", Text("a damaged Parquet file", "损坏的 Parquet 文件"), Text("Get it again.", "请重新获取。")),
    (
        b"PK\x03\x04",
        Text("an archive or an Office document", "压缩包或 Office 文档"),
        Text("Save its table as CSV or XLSX, or unpack it.", "请把其中的表格另存为 CSV 或 XLSX，或先解压。"),
    ),
)


def is_html(text: str) -> bool:
    """Tell whether a text is a web page."""
    return _HTML.match(text) is not None


def looks_of(data: bytes, text: str) -> tuple[Text, Text] | None:
    """Return what a file looks like, and what to do, by how it begins; None where it cannot be told.

    Args:
        text: the same as text; empty for what is no text.
    """
    if is_html(text):
        return (
            Text("a web page (HTML)", "网页（HTML）"),
            Text(
                "A login or error page was saved in place of the file; download it again.",
                "下载到的是登录页或错误页，不是文件本身；请重新下载。",
            ),
        )
    for begins, name, hint in _MAGIC:
        if data.startswith(begins):
            return name, hint
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Text("a picture (WebP)", "图片（WebP）"), _NO_TEXT
    if _PICKLE.match(data):
        return (
            Text("a Python pickle", "Python pickle 文件"),
            Text(
                "It is not opened, since it can run code. Save the rows as JSONL or Parquet where it was made.",
                "pickle 可以执行代码，因此不会打开。请在生成它的地方把数据保存为 JSONL 或 Parquet。",
            ),
        )
    if text.lstrip().startswith("<"):
        return (
            Text("XML in which no element repeats", "没有重复元素的 XML"),
            Text("The rows have to be elements of one name.", "数据行应是同名的元素。"),
        )
    if text.strip():
        return (
            Text("plain text", "纯文本"),
            Text(
                "Plain text belongs into a knowledge base. Rows are JSON, a table, or turns such as `病人：…` and "
                "`医生：…`.",
                "纯文本请放进知识库。数据行应是 JSON、表格，或“病人：…”“医生：…”这样的对话。",
            ),
        )
    return None
