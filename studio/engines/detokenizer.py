"""One answer as it grows: tokens become text, no character is ever split, and stop texts end it exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_UNFINISHED = "�"
_LONGEST_TAIL = 3


class Detokenizer:
    """Turns tokens into text that can be shown at once.

    Args:
        decode: the tokenizer's decoding of token ids, special tokens skipped.
        stop: texts before which the answer ends.
    """

    def __init__(self, decode: Callable[[list[int]], str], stop: Sequence[str] = ()) -> None:
        self._decode = decode
        self._stop = tuple(stop)
        # Only a window of tokens is decoded again: those before `_fresh` are context (some tokenizers drop the space
        # in front of the first token), those after it are not yet wholly shown.
        self._window: list[int] = []
        self._fresh = 0
        self._known = ""  # the window's text that was taken over into `_held`
        self._held = ""  # text that may turn out to be the beginning of a stop text
        self.stopped = False

    def add(self, tokens: Sequence[int]) -> str:
        """Take the next tokens and return the text that is now certain."""
        if self.stopped:
            return ""
        self._window.extend(tokens)
        return self._show(self._settled(last=False), last=False)

    def finish(self) -> str:
        """Return what was held back; nothing follows."""
        return "" if self.stopped else self._show(self._settled(last=True), last=True)

    def _settled(self, last: bool) -> str:
        """Return the window's new text, less the bytes at its end that do not make a character yet."""
        text = self._decode(self._window)
        cut = len(text)
        while not last and cut and len(text) - cut < _LONGEST_TAIL and text[cut - 1] == _UNFINISHED:
            cut -= 1
        new = text[len(self._known) : cut]
        if cut < len(text) or not new:
            self._known = text[: max(cut, len(self._known))]
        else:  # a clean end: the fresh tokens become the context of the next window
            self._window = self._window[self._fresh :]
            self._fresh = len(self._window)
            self._known = self._decode(self._window)
        return new

    def _show(self, new: str, last: bool) -> str:
        text = self._held + new
        found = [place for place in (text.find(stop) for stop in self._stop) if place >= 0]
        if found:
            self.stopped = True
            self._held = ""
            return text[: min(found)]
        keep = 0 if last else max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """Return the length of the longest end of `text` that begins `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
