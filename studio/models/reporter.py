"""Whom a fetch tells how far it is: a run's job, or the terminal."""

from __future__ import annotations

import sys
from typing import Protocol

from studio.core.text import Language, Text


class Reporter(Protocol):
    """Whom progress is told."""

    def stage(self, name: str, text: Text) -> None: ...

    def check_stop(self) -> None:
        """Raise where somebody asked to stop."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """Say how much is done; a total of 0 is an unknown one."""


class Terminal:
    """Tells the terminal, one line a stage and one line that counts up."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._counting = False

    def stage(self, name: str, text: Text) -> None:
        self._end_line()
        print(text.to(self._language), flush=True)

    def check_stop(self) -> None:
        """Ctrl-C is what stops a fetch here."""

    def progress(self, done: int, total: int, unit: str) -> None:
        if sys.stdout.isatty():
            self._counting = True
            print(f"\r  {done}{f' / {total}' if total else ''} {unit}", end="", flush=True)

    def _end_line(self) -> None:
        if self._counting:
            print()
        self._counting = False
