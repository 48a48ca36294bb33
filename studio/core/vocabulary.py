"""What a model's vocabulary tells of the languages it reads, without loading it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_FILES = ("tokenizer.json", "vocab.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.json")
_HAN = re.compile("[\u4e00-\u9fff]")
# A Chinese character as byte-level BPE writes its three bytes: 0xE4 to 0xE9, then two of 0x80 to 0xBF
_BYTES = re.compile("[ä-é][\u0122-\u0143¡-¬®-¿]{2}")
_ESCAPED = re.compile(r"\\u[4-9][0-9a-fA-F]{3}|\\u00[eE][4-9]")
_EVERYDAY = 500
"""Characters: models that were taught Chinese have thousands, English ones a hundred or two that strayed in."""


def reads_han(folder: Path) -> bool | None:
    """Tell whether a model's vocabulary holds everyday Chinese; None where the folder has no vocabulary that we read.

    Without it a model sees a Chinese text as single bytes or unknown tokens: it was hardly taught any.
    """
    for name in _FILES:
        try:
            state = (folder / name).stat()
        except OSError:
            continue
        return _characters(folder / name, state.st_mtime_ns, state.st_size) >= _EVERYDAY
    return None


@lru_cache(maxsize=64)  # the larger ones have ten megabytes
def _characters(file: Path, mtime_ns: int, size: int) -> int:
    text = file.read_bytes().decode("utf-8", errors="ignore")
    if _ESCAPED.search(text):
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), ensure_ascii=False)
    return max(len(set(_HAN.findall(text))), len(set(_BYTES.findall(text))))
