"""What a build tells its user: everything that was not taken as it was given."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.records import Passage
from studio.core.reporter import Reporter
from studio.core.scripts import han_share
from studio.core.text import Text, counted
from studio.knowledge.document import Document
from studio.knowledge.embedders.base import Embedder
from studio.knowledge.sources import FoundSources

_NAMED = 5


def passed_over(report: Reporter, found: FoundSources) -> None:
    """Name the files in folders that were not read."""
    if found.passed_over:
        count, names = len(found.passed_over), _few(found.passed_over)
        report.notice(
            Text(
                f"{counted(count, 'file', 'is/are')} of no format that is read: {names}",
                f"{count} 个文件格式不支持，未读取：{names}",
            )
        )
    if found.empty:
        count, names = len(found.empty), _few(found.empty)
        report.notice(Text(f"{counted(count, 'file', 'is/are')} empty: {names}", f"{count} 个文件是空的：{names}"))
    if found.links:
        count, names = len(found.links), _few(found.links)
        report.notice(
            Text(
                f"{counted(count, 'folder', 'is a link/are links')}, not followed: {names}; to read it, give it as a source of its own",
                f"{count} 个文件夹是符号链接，未读取：{names}；请把它们单独列为来源",
            )
        )


def encodings(report: Reporter, documents: Sequence[tuple[str, Document]]) -> None:
    """Name the files, given with their documents, that were not read as UTF-8: a guess, which may be wrong."""
    for encoding in sorted({document.encoding for _, document in documents} - {"utf-8"}):
        names = _few([name for name, document in documents if document.encoding == encoding])
        report.notice(
            Text(
                f"read as {encoding.upper()}: {names}; where the text looks wrong, save it as UTF-8",
                f"按 {encoding.upper()} 读取：{names}；如果文字显示不对，请另存为 UTF-8",
            )
        )


def rows(report: Reporter, name: str, document: Document) -> None:
    """Count the rows of a file that gave no passage."""
    if document.lost:
        count, numbers = len(document.lost), _few(document.lost)
        report.notice(
            Text(
                f"{name}: {counted(count, 'row', 'holds/hold')} no text (row {numbers})",
                f"{name}：{count} 行没有文本（第 {numbers} 行）",
            )
        )
    if document.torn:
        count, numbers = len(document.torn), _few(document.torn)
        report.notice(
            Text(
                f"{name}: {counted(count, 'line', 'is/are')} no JSON (line {numbers})",
                f"{name}：{count} 行不是 JSON（第 {numbers} 行）",
            )
        )
    if not document.sections and not document.lost:
        report.notice(Text(f"{name}: holds no text", f"{name}：没有文本"))


def repeats(report: Reporter, count: int) -> None:
    """Say how many passages said the same again within their source."""
    if count:
        report.notice(
            Text(
                f"{counted(count, 'passage', 'repeats/repeat')} another of the same source word for word; each is kept once",
                f"{count} 个段落与同一来源的其他段落完全相同，只保留一份",
            )
        )


def language(report: Reporter, given: str, embedder: Embedder, passages: Sequence[Passage]) -> None:
    """Warn where an embedder that reads no Chinese was given Chinese."""
    if embedder.reads_han:
        return
    count = sum(han_share(passage.content) > 0.5 for passage in passages)
    if count:
        report.notice(
            Text(
                f"{count} of {len(passages)} passages are Chinese, which {given} does not read: they are found by their "
                "words alone. Fetch BAAI/bge-small-zh-v1.5 to find them by meaning as well.",
                f"{len(passages)} 个段落中有 {count} 个是中文，而 {given} 不懂中文：这些段落只能按关键词检索。"
                "如需按语义检索，请获取 BAAI/bge-small-zh-v1.5。",
            )
        )


def _few(items: Sequence[object]) -> str:
    shown = ", ".join(str(item) for item in items[:_NAMED])
    return f"{shown}, …" if len(items) > _NAMED else shown
