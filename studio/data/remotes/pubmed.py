"""Articles of PubMed by a search: `pubmed://QUERY?most=500&types=review,clinical trial&question=yes`.

A title becomes the question and its abstract the answer. NCBI asks for a name and an e-mail (NCBI_EMAIL), and allows 3 requests
a second, 10 with a key (NCBI_API_KEY).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx

from studio.core.errors import InputError, UnavailableError
from studio.core.files import read_json, write_atomic, write_json
from studio.core.remote import Remote
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.remotes._pubmed_xml import articles

_NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
_LARGEST = 9_999  # what a search of PubMed gives at most
_PAGE = 200
_SHORTEST_TITLE = 10
_TRIES = 4
_WAIT_S = 60.0
_LOOK_S = 0.1
_WORDS = re.compile(r"[\w -]{1,60}")


@dataclass(frozen=True)
class _PubmedSearch:
    """What is searched for.

    Args:
        query: in PubMed's own syntax.
        most: how many articles are kept.
        language: of the articles; `any` takes all.
        types: the kinds of publication of which an article is one; none takes all.
        question: whether only titles that end with a question mark are kept.
        shortest: characters that an abstract has at least.
    """

    query: str
    most: int = 500
    language: str = "english"
    types: tuple[str, ...] = ()
    question: bool = False
    shortest: int = 50

    @property
    def term(self) -> str:
        """The search with its filters, as PubMed reads it."""
        terms = [f"({self.query})", "hasabstract"]
        terms += [f"{self.language}[la]"] if self.language != "any" else []
        terms += [f"({' OR '.join(f'{one}[pt]' for one in self.types)})"] if self.types else []
        return " AND ".join(terms)

    def keeps(self, article: Mapping[str, Any]) -> bool:
        """Tell whether an article is one of those that are wanted."""
        title = article["question"]
        asks = title.endswith(("?", "？")) or not self.question
        return asks and len(title) >= _SHORTEST_TITLE and len(article["answer"]) >= self.shortest


def _search(address: str) -> _PubmedSearch:
    """Return what an address searches for. Raises InputError where it is none."""
    query, _, said = address.rpartition("?") if re.search(r"\?\w+=", address) else (address, "", "")
    options = dict(parse_qsl(said, keep_blank_values=True))
    known = ("most", "language", "types", "question", "shortest")
    try:
        if not query.strip() or not options.keys() <= set(known):
            raise ValueError
        types = tuple(part.strip() for part in options.get("types", "").split(",") if part.strip())
        language = options.get("language", "english").strip()
        if not all(_WORDS.fullmatch(word) for word in (language, *types)):
            raise ValueError
        found = _PubmedSearch(
            query.strip(),
            int(options.get("most", "500")),
            language,
            types,
            {"yes": True, "no": False}[options.get("question", "no")],
            int(options.get("shortest", "50")),
        )
        if not 1 <= found.most <= _LARGEST or found.shortest < 1:
            raise ValueError
    except (ValueError, KeyError) as error:
        raise InputError(
            Text(
                f"'pubmed://{address[:80]}' is no search; accepted: pubmed://QUERY, behind it ?most=500",
                f"“pubmed://{address[:80]}”不是检索式；应写作 pubmed://检索式，后面可加参数，如 `?most=500`",
            ),
            Text(
                f"Options, parted by &: most (1 to {_LARGEST}), language (english, chinese, any), types "
                "(review,clinical trial), question (yes: only titles that ask), shortest (characters of an abstract).",
                f"选项用 & 分隔：most（1 到 {_LARGEST}）、language（english、chinese、any）、types（review,clinical trial）、"
                "question（yes：只要标题为问句的）、shortest（摘要最少字符数）。",
            ),
        ) from error
    return found


def place(address: str) -> str:
    """Return the folder of a search: its first words, and a sum of all of it."""
    found = _search(address)
    words = re.sub(r"\W+", "-", found.query).strip("-")[:40] or "search"
    return f"{words}-{hashlib.sha256(repr(found).encode()).hexdigest()[:12]}"


def fetch(address: str, folder: Path, report: Reporter) -> str:
    """Write the articles of a search into `pubmed.jsonl`; what was loaded of a broken-off fetch is not loaded again."""
    found = _search(address)
    pages = folder.with_name("pages")
    pages.mkdir(parents=True, exist_ok=True)
    with httpx.Client(timeout=_WAIT_S) as http:
        server = _Utilities(http, report)
        searched = read_json(pages / "search.json")
        if searched is None:
            searched = server.search(found)
            write_json(pages / "search.json", searched)
        ids = [str(id) for id in searched["ids"]] if isinstance(searched["ids"], list) else []
        kept: list[dict[str, Any]] = []
        read = 0
        for begin in range(0, len(ids), _PAGE):
            report.check_stop()
            page = pages / f"{begin:06}.jsonl"
            if not page.exists():
                loaded = server.articles(ids[begin : begin + _PAGE])
                write_atomic(page, "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in loaded))
            rows = [json.loads(line) for line in page.read_text(encoding="utf-8").split("\n") if line]
            read += len(rows)
            kept += [row for row in rows if found.keeps(row)]
            report.progress(min(len(kept), found.most), found.most, "rows", saved=len(kept))
            if len(kept) >= found.most:
                break
    if not kept:
        raise _nothing(found, read)
    folder.mkdir(parents=True, exist_ok=True)
    kept = kept[: found.most]
    write_atomic(folder / "pubmed.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept))
    shutil.rmtree(pages)
    report.notice(
        Text(
            f"PubMed finds {searched['count']} articles; {read} were looked at, {len(kept)} kept",
            f"PubMed 检索到 {searched['count']} 篇，查看了 {read} 篇，保留 {len(kept)} 篇",
        )
    )
    return str(searched["date"])


class _Utilities:
    """NCBI's E-utilities, asked no faster than they allow."""

    def __init__(self, http: httpx.Client, report: Reporter) -> None:
        self._http = http
        self._report = report
        self._url = os.environ.get("NCBI_EUTILS") or _NCBI
        self._key = os.environ.get("NCBI_API_KEY", "")
        self._pause = 0.11 if self._key else 0.34
        self._next = 0.0

    def search(self, search: _PubmedSearch) -> dict[str, Any]:
        """Return the numbers of the articles that a search finds, how many there are, and the day of the search."""
        # of what is thrown away by its title nobody knows how much it is
        most = _LARGEST if search.question else min(_LARGEST, search.most * 2)
        asked = {"term": search.term, "retmode": "json", "retmax": str(most), "sort": "relevance"}
        response = self._ask("esearch.fcgi", asked)
        try:
            answer = response.json()["esearchresult"]
            if told := answer.get("ERROR"):
                raise InputError(
                    Text(f"PubMed cannot search for this: {told}", f"PubMed 无法执行这个检索：{told}"),
                    None,
                    search.query,
                )
            ids, count = [str(id) for id in answer["idlist"]], int(answer["count"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._broken() from error
        if not ids:
            raise _nothing(search, 0)
        return {"ids": ids, "count": count, "date": time.strftime("%Y-%m-%d", time.gmtime())}

    def articles(self, ids: list[str]) -> list[dict[str, Any]]:
        """Return articles by their numbers."""
        response = self._ask("efetch.fcgi", {"id": ",".join(ids), "retmode": "xml"})
        try:
            return list(articles(response.content))
        except ElementTree.ParseError as error:
            raise self._broken() from error

    def _ask(self, program: str, values: Mapping[str, str]) -> httpx.Response:
        """Return an answer, tried again where the server has too much to do."""
        said = {"db": "pubmed", "tool": "medqa-studio", "email": os.environ.get("NCBI_EMAIL", ""), "api_key": self._key}
        form = {**{name: value for name, value in said.items() if value}, **values}
        for again in range(_TRIES):
            self._wait(self._next - time.monotonic())
            self._next = time.monotonic() + self._pause
            try:
                response = self._http.post(f"{self._url}/{program}", data=form)
            except httpx.TransportError as error:
                if again == _TRIES - 1:
                    raise self._silent(str(error) or type(error).__name__) from error
                self._wait(self._pause * 2**again)
                continue
            if response.status_code == 200:
                return response
            if response.status_code != 429 and response.status_code < 500:
                raise self._refused(response)
            if again < _TRIES - 1:
                self._wait(_retry_after(response) or self._pause * 2**again)
        if response.status_code == 429:
            raise UnavailableError(
                Text("PubMed asks to wait: too many requests", "PubMed 请求过于频繁，需要等待"),
                Text(
                    "Start again in some minutes: what is loaded is kept. With NCBI_API_KEY it allows three times as many.",
                    "请几分钟后重新开始，已下载的部分会保留。设置 NCBI_API_KEY 后额度是三倍。",
                ),
            )
        raise self._silent(f"HTTP {response.status_code}")

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._report.check_stop()
            time.sleep(min(left, _LOOK_S))

    def _refused(self, response: httpx.Response) -> InputError:
        said = " ".join(response.text.split())[:160]
        return InputError(
            Text(
                f"PubMed refuses the request (HTTP {response.status_code}: {said})",
                f"PubMed 拒绝了请求（HTTP {response.status_code}：{said}）",
            ),
            Text("Check NCBI_API_KEY and the search.", "请检查 NCBI_API_KEY 和检索式。"),
        )

    def _silent(self, said: str) -> UnavailableError:
        return UnavailableError(
            Text(f"PubMed cannot be reached ({self._url}: {said})", f"无法连接 PubMed（{self._url}：{said}）"),
            Text(
                "Check the network and start again: what is loaded is kept. NCBI_EUTILS names a mirror.",
                "请检查网络后重新开始，已下载的部分会保留。可用 NCBI_EUTILS 指定镜像。",
            ),
        )

    def _broken(self) -> UnavailableError:
        return UnavailableError(
            Text("PubMed's answer cannot be read", "PubMed 的返回内容无法读取"),
            Text("Start again: what is loaded is kept.", "请重新开始，已下载的部分会保留。"),
            self._url,
        )


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that a server asks to wait, a minute at most."""
    try:
        return min(60.0, max(0.0, float(response.headers.get("Retry-After", "0"))))
    except ValueError:
        return 0.0


def _nothing(search: _PubmedSearch, read: int) -> InputError:
    return InputError(
        Text(
            f"PubMed finds nothing for: {search.term}"
            if not read
            else f"none of {read} articles is kept by: {search.term}",
            f"PubMed 没有检索到：{search.term}" if not read else f"{read} 篇文章都不符合条件：{search.term}",
        ),
        Text("Use fewer or other words, or fewer filters.", "请减少或更换检索词，或放宽筛选条件。"),
    )


REMOTE = Remote(Text("PubMed", "PubMed"), place, fetch)
