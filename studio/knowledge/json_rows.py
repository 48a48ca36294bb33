"""Rows of JSON, however the file holds them, and the text that a row gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from studio.core.errors import InputError
from studio.core.text import Text
from studio.knowledge.document import Document, join

_TITLE = {"title", "heading", "headline", "name", "标题", "篇名", "名称"}
_QUESTION = {"question", "query", "ask", "stem", "问", "问题", "提问"}
_TEXT = _QUESTION | {
    *("content", "contents", "text", "body", "paragraph", "passage", "abstract", "description", "desc", "document"),
    *("chunk", "context", "contexts", "summary", "value", "prompt", "instruction", "input", "output", "response"),
    *("answer", "answers", "long_answer", "explanation", "rationale", "exp", "solution"),
    *("答", "答案", "回答", "正文", "内容", "文本", "段落", "描述", "简介", "解析"),
}
_META = {
    *("id", "_id", "uid", "uuid", "pid", "pmid", "doi", "idx", "index", "key", "hash", "md5", "sha256", "url", "link"),
    *("source", "file", "filename", "path", "page", "date", "time", "year", "created", "updated", "author", "lang"),
    *(
        "language",
        "license",
        "version",
        "split",
        "type",
        "role",
        "from",
        "label",
        "labels",
        "score",
        "answer_idx",
        "来源",
        "编号",
    ),
}
_PROSE = 40  # an unknown field shorter than this is a label; a longer one is text somebody wrote
_TITLE_LIMIT = 80
_COMPARED = 50
_SURROGATE = re.compile("[\ud800-\udfff]")


def looks_like_rows(text: str) -> bool:
    """Tell whether a text is one JSON object a line, whatever its file is called."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return first.lstrip().startswith("{") and isinstance(_load(first), dict)


def read_rows(text: str, where: str) -> Document:
    """Return the document of a JSON or JSONL text: one section a row that holds text.

    A whole JSON document may be a list of rows, an object that holds such a list, an object of rows by key, or one
    row; otherwise every line is a row. The file's suffix is not asked: both kinds go by either name.

    Raises:
        InputError: neither JSON nor JSONL; names the place where it stops being JSON. Or it is nested too deeply.
    """
    try:
        return _document(text, where)
    except RecursionError as error:
        raise InputError(
            Text("the JSON is nested too deeply", "JSON 嵌套太深"),
            Text("Give rows: a list of objects, or one object a line.", "请提供数据行：对象的列表，或每行一个对象。"),
            where,
        ) from error


def _document(text: str, where: str) -> Document:
    try:
        whole = json.loads(text)
    except ValueError as error:
        rows, torn = _lines(text, error, where)
    else:
        rows, torn = list(enumerate(_unwrap(whole), 1)), ()
    pieces, lost = [], []
    for number, row in rows:
        title, content = text_of(row)
        if content:
            pieces.append((title, content))
        else:
            lost.append(number)
    return join(pieces, tuple(lost), torn)


def text_of(row: Any) -> tuple[str, str]:
    """Return a row's title and text; both empty where it holds none.

    >>> text_of({"问": "头痛怎么办?", "答": "先休息。"})
    ('头痛怎么办?', '头痛怎么办?\\n先休息。')
    >>> text_of({"id": "7", "title": "Heparin", "content": "Reversed by protamine."})
    ('Heparin', 'Reversed by protamine.')
    """
    title = ""
    if isinstance(row, dict):
        fields = {str(key): (str(key).strip().lower(), value) for key, value in row.items()}
        titles = [value for key, value in fields.values() if key in _TITLE and isinstance(value, str) and value.strip()]
        title = titles[0] if titles else _question(fields)
        known = any(key in _TEXT and any(_leaves(value)) for key, value in fields.values())
        taken = [
            leaf
            for key, value in fields.values()
            if key not in _TITLE and key not in _META
            for leaf in _leaves(value)
            if not known or key in _TEXT or not isinstance(value, str) or len(leaf) >= _PROSE
        ]
    else:
        taken = list(_leaves(row))
    return _one_line(title), "\n".join(_without_repeats(taken, title.strip()))


def _lines(text: str, error: ValueError, where: str) -> tuple[list[tuple[int, Any]], tuple[int, ...]]:
    rows, torn = [], []
    # split at \n alone: U+2028 and its like stand inside JSON strings
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            value = _load(line)
            if isinstance(value, dict | list | str):
                rows.append((number, value))
            else:
                torn.append(number)
    if len(rows) <= len(torn):
        raise InputError(
            Text(
                f"this is neither JSON nor one JSON object a line: {error}",
                f"既不是 JSON，也不是每行一个 JSON 对象：{error}",
            ),
            Text("Mend the file there, or save it as text.", "请修正该处，或把文件另存为纯文本。"),
            where,
        ) from error
    return rows, tuple(torn)


def _load(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _unwrap(whole: Any) -> list[Any]:
    if isinstance(whole, list):
        return whole
    if isinstance(whole, dict):
        if len(whole) > 1 and all(isinstance(value, dict) for value in whole.values()):
            return list(whole.values())  # rows by key, such as PubMedQA's by PMID
        lists = {key: value for key, value in whole.items() if _is_rows(value)}
        if lists and not text_of({key: value for key, value in whole.items() if key not in lists})[1]:
            return [row for rows in lists.values() for row in rows]  # one list, or one each for train, val and test
    return [whole]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _leaves(value: Any) -> Iterator[str]:
    """Yield the texts in a value, in order; a list of short ones (symptoms, drugs) as one line."""
    if isinstance(value, str):
        clean = _SURROGATE.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if clean:
            yield clean
    elif isinstance(value, list):
        if value and all(isinstance(item, str) and len(item) < _PROSE for item in value):
            yield from _leaves("; ".join(item.strip() for item in value if item.strip()))
        else:
            for item in value:
                yield from _leaves(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if str(key).strip().lower() not in _META:
                yield from _leaves(item)


def _without_repeats(leaves: list[str], title: str) -> list[str]:
    """Return the texts less those that say again what another says, such as title and content in one field.

    Of many texts (a whole book in one row) only the very same are left out: all pairs would take minutes.
    """
    if len(leaves) > _COMPARED:
        return list(dict.fromkeys(leaves))
    kept: list[str] = []
    for leaf in leaves:
        bare = leaf.removeprefix(title).lstrip(" .:：-\n") or leaf
        if not any(bare in other or (other in leaf and len(other) >= 0.8 * len(leaf)) for other in kept):
            kept.append(leaf)
    return kept


def _question(fields: dict[str, tuple[str, Any]]) -> str:
    return next(
        (value for key, value in fields.values() if key in _QUESTION and isinstance(value, str) and value.strip()), ""
    )


def _one_line(title: str) -> str:
    line = " ".join(_SURROGATE.sub("\ufffd", title).split())
    return line if len(line) <= _TITLE_LIMIT else line[: _TITLE_LIMIT - 1].rstrip() + "…"
