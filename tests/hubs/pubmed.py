"""PubMed's E-utilities as a stand-in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.hubs.server import Asked, Reply, StandIn


@dataclass
class PubMed(StandIn):
    """Args:
    articles: by number, as XML.
    forms: what was posted.
    """

    articles: dict[str, str] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)

    def reply(self, asked: Asked) -> Reply:
        self.forms.append(dict(asked.form))
        return super().reply(asked)

    def answer(self, asked: Asked) -> Reply:
        form = asked.form
        if self.fault == "rate":
            return Reply(429, {}, b'{"error":"API rate limit exceeded"}')
        if form.get("api_key", "good") != "good":
            return Reply(400, {}, b'{"error":"API key invalid"}')
        if asked.path.endswith("esearch.fcgi"):
            ids = list(self.articles)[: int(form["retmax"])]
            told = {"esearchresult": {"count": str(len(self.articles)), "idlist": ids}}
            return Reply(200, {}, json.dumps(told).encode())
        found = "".join(self.articles[id] for id in form["id"].split(","))
        return Reply(200, {}, f"<?xml version='1.0'?><PubmedArticleSet>{found}</PubmedArticleSet>".encode())
