"""Articles of PubMed by a search, from a server that speaks as the E-utilities do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from studio.core import recipe as recipes
from studio.core.errors import InputError, UnavailableError
from studio.core.remote import bring, place_of, revision_of
from studio.core.reporter import Silent, Stopped
from studio.core.workspace import Workspace
from studio.runs.job import Termination
from studio.runs.launch import prepare
from studio.runs.recipes import check_whole
from studio.runs.work import perform
from tests.hubs.pubmed import PubMed
from tests.hubs.server import serving

_LONG = "Metformin lowered HbA<sub>1c</sub> by 1.1 points against placebo over 24 weeks &amp; was well borne."
_ABSTRACT = f"<AbstractText Label='METHODS'>{_LONG}</AbstractText><AbstractText Label='RESULTS'>It did.</AbstractText>"
_READ = (
    "METHODS: Metformin lowered HbA1c by 1.1 points against placebo over 24 weeks & was well borne.\nRESULTS: It did."
)


def _article(id: int, title: str, abstract: str = _ABSTRACT) -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID Version='1'>{id}</PMID><Article><Journal><JournalIssue><PubDate>"
        "<MedlineDate>2019 Jan-Feb</MedlineDate></PubDate></JournalIssue><Title>Lancet</Title></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle><Abstract>{abstract}</Abstract><PublicationTypeList>"
        "<PublicationType>Review</PublicationType></PublicationTypeList></Article></MedlineCitation></PubmedArticle>"
    )


@pytest.fixture
def pubmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[PubMed]:
    """A PubMed of five hundred articles, every second of which asks something; three are of no use."""
    ends = ("?", ".")
    found = {str(n): _article(n, f"Does <i>metformin</i> help in trial {n}{ends[n % 2]}") for n in range(500)}
    found |= {"900": _article(900, "Short"), "901": _article(901, "An abstract that is short", "<AbstractText>No.</AbstractText>")}  # fmt: skip
    found |= {"902": _article(902, "[Does a translated title ask?].")}
    with serving(PubMed(articles=dict(sorted(found.items(), key=lambda item: -int(item[0]))))) as standing:
        monkeypatch.setenv("NCBI_EUTILS", standing.url)
        monkeypatch.setenv("NCBI_API_KEY", "good")
        monkeypatch.setenv("NCBI_EMAIL", "me@example.org")
        yield standing


def _rows(workspace: Workspace, given: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place_of(workspace, given).read_text(encoding="utf-8").splitlines()]


def test_a_search_becomes_questions_and_answers(workspace: Workspace, pubmed: PubMed) -> None:
    given = "pubmed://metformin[tiab]?most=120&question=yes&types=review,clinical trial"
    bring(workspace, given, Silent())
    rows = _rows(workspace, given)
    assert len(rows) == 120
    assert rows[0] == {"pmid": "902", "question": "Does a translated title ask?", "answer": _READ, "year": "2019", "journal": "Lancet", "types": "Review"}  # fmt: skip
    assert all(row["question"].endswith("?") for row in rows)
    assert revision_of(workspace, given) == time.strftime("%Y-%m-%d", time.gmtime())
    search, *pages = pubmed.forms
    assert search["term"] == "(metformin[tiab]) AND hasabstract AND english[la] AND (review[pt] OR clinical trial[pt])"
    assert [len(page["id"].split(",")) for page in pages] == [200, 200]
    for form in pubmed.forms:
        assert (form["tool"], form["email"], form["api_key"]) == ("medqa-studio", "me@example.org", "good")


def test_what_is_too_short_is_left_out(workspace: Workspace, pubmed: PubMed) -> None:
    bring(workspace, "pubmed://metformin?most=5&language=any", Silent())
    assert [row["pmid"] for row in _rows(workspace, "pubmed://metformin?most=5&language=any")] == ["902", "499", "498", "497", "496"]  # fmt: skip
    assert pubmed.forms[0]["term"] == "(metformin) AND hasabstract"


def test_requests_keep_to_the_rate(workspace: Workspace, pubmed: PubMed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NCBI_API_KEY")
    began = time.monotonic()
    bring(workspace, "pubmed://metformin?most=450", Silent())
    assert time.monotonic() - began > 3 * 0.33, "three pages and a search: three pauses"


class _Stopping(Silent):
    """Asks to stop once a page is there."""

    def __init__(self) -> None:
        self.pages = 0

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        self.pages += 1

    def check_stop(self) -> None:
        if self.pages:
            raise Stopped


def test_a_fetch_that_is_stopped_goes_on_with_the_next_page(workspace: Workspace, pubmed: PubMed) -> None:
    given = "pubmed://metformin?most=450"
    with pytest.raises(Stopped):
        bring(workspace, given, _Stopping())
    assert len(pubmed.forms) == 2
    bring(workspace, given, Silent())
    assert [form["id"].split(",")[0] for form in pubmed.forms[1:]] == ["902", "302", "102"]
    assert len(_rows(workspace, given)) == 450
    home = place_of(workspace, given).parent.parent
    assert sorted(path.name for path in home.iterdir()) == ["files", "source.json"]


def test_a_busy_server_is_asked_again_and_then_told_of(workspace: Workspace, pubmed: PubMed) -> None:
    pubmed.busy = 2
    bring(workspace, "pubmed://metformin?most=3", Silent())
    pubmed.fault = "rate"
    with pytest.raises(UnavailableError, match="asks to wait"):
        bring(workspace, "pubmed://aspirin?most=3", Silent())


def test_faults_are_told_apart(workspace: Workspace, pubmed: PubMed, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"none of 1 articles is kept|none of \d+ articles"):
        bring(workspace, "pubmed://metformin?shortest=99999", Silent())
    pubmed.articles.clear()
    with pytest.raises(InputError, match=r"finds nothing for: \(nonsense\)"):
        bring(workspace, "pubmed://nonsense", Silent())
    monkeypatch.setenv("NCBI_API_KEY", "secret-key")
    with pytest.raises(InputError, match="API key invalid") as caught:
        bring(workspace, "pubmed://metformin", Silent())
    assert "secret-key" not in caught.value.to("en")
    monkeypatch.setenv("NCBI_EUTILS", "http://127.0.0.1:9")
    with pytest.raises(UnavailableError, match="cannot be reached"):
        bring(workspace, "pubmed://metformin", Silent())


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?most=5",
        "a?most=0",
        "a?most=x",
        "a?most=10000",
        "a?colour=red",
        "a?question=maybe",
        "a?types=x) OR (y",
    ],
)
def test_what_is_no_search(text: str, workspace: Workspace) -> None:
    with pytest.raises(InputError, match="is no search"):
        place_of(workspace, f"pubmed://{text}")


def test_a_search_is_a_folder_name_of_its_own(workspace: Workspace) -> None:
    given = ("../../etc", "a/b", "a b", "what is it?", "糖尿病", "a?most=5", "a?most=6", "a", "x" * 500)
    places = [place_of(workspace, f"pubmed://{text}").parent for text in given]
    assert len(set(places)) == len(given)
    assert all(place.parent == workspace.downloads / "pubmed" and len(place.name) < 80 for place in places)


def test_a_dataset_is_made_of_a_search(workspace: Workspace, pubmed: PubMed) -> None:
    text = "kind: dataset\nname: d\nsources: [{file: 'pubmed://metformin?most=30'}]\n"
    checked = check_whole(workspace, recipes.read(text, "r.yaml"))
    run = prepare(workspace, checked.recipe, checked.resolved)
    assert perform(run, Termination()) == 0
    about = json.loads((run.path / "dataset" / "dataset.json").read_text())
    assert (about["rows"], about["sources"][0]["layout"]) == (30, "qa")
