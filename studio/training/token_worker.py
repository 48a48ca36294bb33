"""The process that shows rows as a model sees them: it holds tokenizers, so that the page's own need not.

Reads a question as a line of JSON from its input, and answers each with a line. It ends with its input, and after some
minutes without a question.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from threading import Timer
from typing import Any, TextIO

from pydantic import ValidationError
from transformers import PreTrainedTokenizerBase

from studio.core.errors import InputError, StudioError
from studio.core.libraries import hush
from studio.core.text import Text
from studio.data.records import RECORDS
from studio.models.load import load_tokenizer
from studio.training.lesson import LessonOptions
from studio.training.token_view import token_view

_KEPT = 2  # tokenizers


class TokenWorker:
    """Answers questions, with the latest tokenizers at hand."""

    def __init__(self) -> None:
        self._held: dict[tuple[Path, str, int], PreTrainedTokenizerBase] = {}

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what a training sees of a row.

        Args:
            asked: `model` (the folder of a tokenizer), `template` (empty for its own), `record` and `row`, `max_length`, `options` (of a lesson), `seed`.

        Raises:
            InputError: the tokenizer cannot be loaded, or the row is none.
        """
        options = LessonOptions.model_validate(asked["options"])
        try:
            row = RECORDS[asked["record"]].model_validate(asked["row"])
        except ValidationError as error:
            raise InputError(Text("this line is no row of this dataset", "这一行不是该数据集的有效数据")) from error
        return token_view(
            row,
            self._tokenizer(Path(asked["model"]), asked.get("template", "")),
            asked["max_length"],
            options,
            asked["seed"],
        ).dump()

    def _tokenizer(self, folder: Path, template: str) -> PreTrainedTokenizerBase:
        """Return a folder's tokenizer with a chat template; one that was written anew since is loaded anew."""
        changed = max((file.stat().st_mtime_ns for file in folder.glob("*token*.json")), default=0)
        key = folder, template, changed
        tokenizer = self._held.pop(key, None)
        if tokenizer is None:
            tokenizer = load_tokenizer(folder, template)
        self._held[key] = tokenizer
        while len(self._held) > _KEPT:
            del self._held[next(iter(self._held))]
        return tokenizer


def serve(questions: TextIO, answers: TextIO, idle_s: float) -> None:
    """Answer until no more is asked."""
    worker = TokenWorker()
    while True:
        timer = Timer(idle_s, os._exit, (0,))
        timer.daemon = True
        timer.start()
        line = questions.readline()
        timer.cancel()
        if not line:
            return
        try:
            answer = {"view": worker.answer(json.loads(line))}
        except StudioError as error:
            answer = {"error": error.dump()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> None:
    """Serve on the standard streams; what libraries print goes to the log."""
    hush()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream of the interpreter's
    serve(sys.stdin, answers, float(sys.argv[1]))


if __name__ == "__main__":
    main()
