"""Which hub has a repository and can be reached: all are asked at once, each for a few seconds, and the first in order counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.reporter import Reporter
from studio.core.text import Text, both
from studio.hubs.base import HUBS, HubListing, Refusal, RefusedError, Repository, hub_names
from studio.hubs.client import HubClient
from studio.hubs.words import brief, called, error_of

_PROBE_S = 5.0  # for each piece of an answer
_BOUND_S = 12.0  # for all of it
_LOOK_S = 0.1
_TELLING = (
    Refusal.GATED,
    Refusal.UNAUTHORISED,
    Refusal.FORBIDDEN,
    Refusal.REVISION,
    Refusal.RATE,
    Refusal.OTHER,
    Refusal.ASTRAY,
    Refusal.MISSING,
    Refusal.OFFLINE,
)
"""Refusals in the order in which they say what to do."""


@dataclass
class Probe:
    """What a hub answered: its listing, or why there is none."""

    name: str
    listing: HubListing | None = None
    refused: RefusedError = field(default_factory=lambda: RefusedError(Refusal.OFFLINE, "no answer in time"))
    with_token: bool = False
    over: threading.Event = field(default_factory=threading.Event)


def find(repository: Repository, source: str, report: Reporter) -> tuple[str, HubListing]:
    """Return the hub to load from, and what it has.

    Args:
        source: `auto`, or the name of the hub.

    Raises:
        StudioError: none gives it; says what each answered, and how to mend what can be.
        Stopped: somebody asked.
    """
    if source != "auto":
        return source, ask(repository, source, report)
    probes = [Probe(name) for name in hub_names() if HUBS.load(name).endpoint()]
    for probe in probes:  # daemons: a name that is looked up for minutes holds nobody
        threading.Thread(target=_look, args=(probe, repository), daemon=True).start()
    deadline = time.monotonic() + _BOUND_S
    for probe in probes:
        while not probe.over.wait(_LOOK_S) and time.monotonic() < deadline:
            report.check_stop()
        if probe.listing is not None:
            passed = [other for other in probes[: probes.index(probe)]]
            if passed:
                report.notice(_instead(probe, passed))
            return probe.name, probe.listing
    for probe in probes:  # none has it at once: one that only asks to wait is waited for
        if probe.refused.refusal is Refusal.RATE:
            return probe.name, ask(repository, probe.name, report)
    raise _none(repository, probes)


def ask(repository: Repository, name: str, report: Reporter) -> HubListing:
    """Return what a hub has of a repository; waits where it asks to.

    Raises:
        StudioError: it does not give it.
    """
    hub = HUBS.load(name)
    with_token = False
    try:
        with HubClient(hub, report.check_stop) as client:
            with_token = client.has_token
            return hub.listing(client, repository)
    except RefusedError as refused:
        raise error_of(hub, repository, refused, with_token) from refused


def _look(probe: Probe, repository: Repository) -> None:
    hub = HUBS.load(probe.name)
    try:
        with HubClient(hub, timeout_s=_PROBE_S, patient=False) as client:
            probe.with_token = client.has_token
            probe.listing = hub.listing(client, repository)
    except RefusedError as refused:
        probe.refused = refused
    finally:
        probe.over.set()


def _instead(probe: Probe, passed: Sequence[Probe]) -> Text:
    """Return why a hub is taken and not those before it."""
    at, told = called(HUBS.load(probe.name)), _told(passed)
    return Text(f"Taken from {at.en} ({told.en})", f"改从 {at.zh} 获取（{told.zh}）")


def _told(probes: Sequence[Probe], why: bool = False) -> Text:
    """Return what each hub answered; of hubs that cannot be reached, only why."""
    names = [called(HUBS.load(probe.name)) for probe in probes]
    said = [both(probe.refused.said) if why else brief(probe.refused) for probe in probes]
    return Text(
        "; ".join(f"{name.en}: {what.en}" for name, what in zip(names, said, strict=True)),
        "；".join(f"{name.zh}：{what.zh}" for name, what in zip(names, said, strict=True)),
    )


def _none(repository: Repository, probes: Sequence[Probe]) -> StudioError:
    """Return one error for what all hubs answered, with the mend of the most telling."""
    refusals = {probe.refused.refusal for probe in probes}
    if refusals == {Refusal.OFFLINE}:
        told = _told(probes, why=True)
        return UnavailableError(
            Text(f"no hub can be reached ({told.en})", f"所有模型库都无法连接（{told.zh}）"),
            Text(
                "Check the network or the proxy (HTTPS_PROXY). HF_ENDPOINT names a mirror; on a machine without a hub, take "
                "a packaged model, or bring a folder or a GGUF file: `python -m studio models add PATH`.",
                "请检查网络或代理（HTTPS_PROXY）。可用 HF_ENDPOINT 指定镜像；连不上任何模型库的机器，请使用随软件包提供的模型，"
                "或导入文件夹或 GGUF 文件：`python -m studio models add 路径`。",
            ),
        )
    first = min(probes, key=lambda probe: _TELLING.index(probe.refused.refusal))
    error = error_of(HUBS.load(first.name), repository, first.refused, first.with_token)
    others = [probe for probe in probes if probe is not first]
    if not others:
        return error
    told = _told(others)
    message = Text(f"{error.message.en} ({told.en})", f"{error.message.zh}（{told.zh}）")
    kind = InputError if isinstance(error, InputError) else UnavailableError
    return kind(message, error.hint)
