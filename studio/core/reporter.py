"""Whom work tells how far it is, and who may ask it to stop: a run's job, the terminal, or nobody."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Protocol

from studio.core.meter import Meter, Ticker
from studio.core.text import Language, Text

STOPPING = "stopping"
"""The stage of work that was asked to stop and still finishes something."""


class Stopped(BaseException):
    """Somebody asked the work to stop. Not an error: no handler of errors may swallow it."""


class Reporter(Protocol):
    """Whom progress is told. All that a package's own work needs of a run, so that it can be called without one."""

    def stage(self, name: str, text: Text) -> None:
        """Say which part of the work begins."""

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        """Say how far the current stage is.

        Args:
            total: 0 where it is not known.
            saved: how much of what is done would outlive a kill (the step of a checkpoint, answers in a journal);
                None says nothing new about it.
        """

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """Record measured values at a step."""

    def notice(self, text: Text) -> None:
        """Tell the user something that is no error."""

    def stopping(self) -> bool:
        """Tell whether somebody asked the work to stop: it ends at its next safe point."""
        ...

    def leaving(self) -> bool:
        """Tell whether the machine wants the process gone (SIGTERM): there may be no time to finish a long step."""
        ...

    def check_stop(self) -> None:
        """Raise Stopped where somebody asked to stop; called at every point where stopping loses nothing."""


class Silent:
    """Tells nobody, and is never asked to stop: for a notebook, a benchmark, a test."""

    def stage(self, name: str, text: Text) -> None:
        """Pass over a stage."""

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        """Pass over progress."""

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """Pass over a measurement."""

    def notice(self, text: Text) -> None:
        """Pass over a notice."""

    def stopping(self) -> bool:
        """Tell that nobody asked."""
        return False

    def leaving(self) -> bool:
        """Tell that nobody asked."""
        return False

    def check_stop(self) -> None:
        """Go on."""


class Terminal(Silent):
    """Tells the terminal: a line a stage or notice, and one that counts up. Ctrl-C is what stops work here."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._counting = False
        self._meter = Meter()
        self._ticker = Ticker()

    def stage(self, name: str, text: Text) -> None:
        """Print the stage."""
        self._print(text)

    def notice(self, text: Text) -> None:
        """Print the notice."""
        self._print(text)

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        """Count up on one line, where the terminal is one; elsewhere, a line every ten seconds of a load."""
        if sys.stdout.isatty():
            self._counting = True
            line = self._meter.line(done, total, unit).to(self._language)
            print(f"\r  {line}\x1b[K", end="", flush=True)
        elif due := self._ticker.line(done, total, unit):
            self._print(Text(f"  {due.en}", f"  {due.zh}"))

    def _print(self, text: Text) -> None:
        if self._counting:
            print()
        self._counting = False
        print(text.to(self._language), flush=True)
