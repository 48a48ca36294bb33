"""JSON as bytes that every client can split."""

from __future__ import annotations

import json

# Some clients cut a stream at every line end Unicode knows; JSON leaves these three as they are.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def json_bytes(value: object) -> bytes:
    """Return a document as UTF-8 without any line end in it; half a surrogate pair becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_LINE_ENDS).encode("utf-8", errors="replace")
