"""Articles in PubMed's XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

_YEAR = re.compile(r"\d{4}")


def articles(xml: bytes) -> Iterator[dict[str, Any]]:
    """Yield the articles of an answer: `pmid`, `question` (the title), `answer` (the abstract), `year`, `journal`, `types`.

    Raises:
        ElementTree.ParseError: it is no XML, or broken off.
    """
    for item in ElementTree.fromstring(xml).iter("PubmedArticle"):
        article = item.find("MedlineCitation/Article")
        if article is None:
            continue
        date = article.find("Journal/JournalIssue/PubDate")
        year = _YEAR.search(_text(date)) if date is not None else None
        yield {
            "pmid": _text(item.find("MedlineCitation/PMID")),
            "question": _title(_text(article.find("ArticleTitle"))),
            "answer": _abstract(article),
            "year": year.group() if year else "",
            "journal": _text(article.find("Journal/Title")),
            "types": "; ".join(_text(one) for one in article.iterfind("PublicationTypeList/PublicationType")),
        }


def _title(text: str) -> str:
    """Return a title without the brackets that say it was translated, and without its full stop."""
    bare = text.removesuffix(".")
    return (bare[1:-1] if bare[:1] == "[" and bare[-1:] == "]" else bare).removesuffix(".").strip()


def _abstract(article: ElementTree.Element) -> str:
    """Return an abstract's parts, each behind its label, one a line."""
    parts = []
    for part in article.iterfind("Abstract/AbstractText"):
        text, label = _text(part), part.get("Label", "")
        if text:
            parts.append(f"{label}: {text}" if label and label.upper() != "UNLABELLED" else text)
    return "\n".join(parts)


def _text(element: ElementTree.Element | None) -> str:
    """Return an element's text, that of `<i>` and `<sup>` in it included."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
