"""Which hub is taken, and what is said where none gives it: each refusal told apart, with its mend."""

from __future__ import annotations

import httpx
import pytest

from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.reporter import Silent
from studio.hubs.base import Repository
from studio.hubs.client import wait_of
from studio.hubs.places import mirror
from studio.hubs.reach import ask, find
from tests.hubs.huggingface import SHA, HuggingFace
from tests.hubs.modelscope import ModelScope
from tests.hubs.server import serving
from tests.hubs.test_transfer import Told

_ASKED = Repository("owner/name")


def test_the_first_that_has_it_is_taken(huggingface: HuggingFace, modelscope: ModelScope) -> None:
    told = Told()
    name, listing = find(_ASKED, "auto", told)
    assert (name, listing.revision) == ("huggingface", SHA)
    assert told.said == []


@pytest.mark.parametrize(
    ("fault", "why"),
    [("missing", "not there"), ("broken", "cannot be reached, HTTP 503"), ("rate", "asks to wait")],
)
def test_another_is_taken_and_said_where_the_first_gives_nothing(
    fault: str, why: str, huggingface: HuggingFace, modelscope: ModelScope
) -> None:
    huggingface.fault = fault
    told = Told()
    name, _ = find(_ASKED, "auto", told)
    host = huggingface.url.removeprefix("http://")
    taken = f"Taken from ModelScope ({modelscope.url.removeprefix('http://')})"
    assert (name, told.said[0].en) == ("modelscope", f"{taken} (Hugging Face ({host}): {why})")


def test_the_known_mirror_is_tried_without_the_token(modelscope: ModelScope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_good_token")
    modelscope.fault = "missing"
    with serving(HuggingFace({"config.json": b"{}"})) as standing:
        monkeypatch.delenv("HF_ENDPOINT")
        monkeypatch.setattr("studio.hubs.places.huggingface._HUB", "http://127.0.0.1:9")
        monkeypatch.setattr(mirror, "_MIRROR", standing.url)
        name, _ = find(_ASKED, "auto", Silent())
        assert name == "mirror"
        assert standing.requests and all("authorization" not in item.headers for item in standing.requests)


def test_a_chosen_one_is_the_only_one_that_is_asked(huggingface: HuggingFace, modelscope: ModelScope) -> None:
    assert find(_ASKED, "modelscope", Silent())[0] == "modelscope"
    assert huggingface.requests == []
    with pytest.raises(InputError, match="there is no hub 'nowhere'; accepted: huggingface, mirror, modelscope"):
        find(_ASKED, "nowhere", Silent())


def _refused(fault: str, hub: HuggingFace, monkeypatch: pytest.MonkeyPatch, token: str = "") -> StudioError:
    monkeypatch.setenv("HF_TOKEN", token)
    hub.fault, hub.gated = fault.replace("gated", ""), fault == "gated"
    with pytest.raises(StudioError) as caught:
        ask(Repository("owner/name", revision="v9"), "huggingface", Silent())
    assert "For more details" not in caught.value.to("en")
    assert caught.value.to("zh") != caught.value.to("en")
    assert token not in ("", *caught.value.to("en").split())
    return caught.value


_REFUSALS = [
    ("gated", "hf_good_token", UnavailableError, "is gated", "Accept them on https://huggingface.co/owner/name with the account of your token"),
    ("missing", "hf_good_token", InputError, "has no model owner/name that you may see", "Check the name on https://huggingface.co/owner/name"),
    ("revision", "hf_good_token", InputError, "owner/name has no revision 'v9'", "Leave it out for the newest"),
    ("", "hf_bad_token", UnavailableError, "does not accept your token", "Make another on https://huggingface.co/settings/tokens"),
    ("forbidden", "hf_good_token", UnavailableError, "your token may not read owner/name", "let it read repositories"),
    ("rate", "hf_good_token", UnavailableError, "asks to wait: too many requests", "Start again in 16 min 40 s; what is loaded is kept."),
    ("broken", "hf_good_token", UnavailableError, "cannot be reached (HTTP 503)", "set HF_ENDPOINT to a mirror"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "token", "kind", "said", "mend"), _REFUSALS)
def test_refusals_are_told_apart(
    fault: str,
    token: str,
    kind: type[StudioError],
    said: str,
    mend: str,
    huggingface: HuggingFace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = _refused(fault, huggingface, monkeypatch, token)
    assert type(error) is kind
    assert said in error.message.en
    assert error.hint is not None and mend in error.hint.en


def test_who_has_no_token_is_told_how_to_give_one(huggingface: HuggingFace) -> None:
    huggingface.gated = True
    with pytest.raises(UnavailableError) as caught:
        ask(_ASKED, "huggingface", Silent())
    assert caught.value.hint is not None
    assert "`python -m studio models login huggingface`, or as HF_TOKEN" in caught.value.hint.en
    assert "https://huggingface.co/settings/tokens" in caught.value.hint.zh


def test_a_gated_one_is_given_to_those_who_agreed(huggingface: HuggingFace, monkeypatch: pytest.MonkeyPatch) -> None:
    huggingface.gated = True
    monkeypatch.setenv("HF_TOKEN", "hf_agreed_token")
    assert ask(_ASKED, "huggingface", Silent()).revision == SHA


def test_the_most_telling_answer_is_said_first(huggingface: HuggingFace, modelscope: ModelScope) -> None:
    huggingface.gated, modelscope.fault = True, "missing"
    with pytest.raises(UnavailableError) as caught:
        find(_ASKED, "auto", Silent())
    message = caught.value.message.en
    assert message.startswith("owner/name is gated") and message.endswith("ModelScope (" + modelscope.url.removeprefix("http://") + "): not there)")  # fmt: skip


def test_the_other_hub_tells_its_refusals_apart(modelscope: ModelScope, monkeypatch: pytest.MonkeyPatch) -> None:
    for fault, said in [("missing", "has no model"), ("gated", "is gated"), ("broken", "cannot be reached (HTTP 502)")]:
        modelscope.fault = fault
        with pytest.raises(StudioError) as caught:
            ask(_ASKED, "modelscope", Silent())
        assert said in caught.value.message.en
    modelscope.fault = ""
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "ms_bad_token")
    with pytest.raises(UnavailableError, match="does not accept your token"):
        ask(_ASKED, "modelscope", Silent())


@pytest.mark.parametrize("endpoint", ["hf-mirror.com", "ftp://x", "http://[::1"])
def test_an_endpoint_that_is_no_address_is_said(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    with pytest.raises(UnavailableError) as caught:
        ask(_ASKED, "huggingface", Silent())
    assert "Check HF_ENDPOINT or MODELSCOPE_ENDPOINT" in caught.value.to("en")


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "7"}, 7),
        ({"RateLimit": '"api";r=0;t=55'}, 55),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({}, 0),
    ],
)
def test_how_long_a_hub_asks_to_wait(headers: dict[str, str], wait_s: float) -> None:
    assert wait_of(httpx.Response(429, headers=headers)) == wait_s
