"""A field's help as Gradio is given it."""

from __future__ import annotations

import re

_CODE = re.compile(r"`[^`\n]+`")


def info(help: str) -> str:
    """Return a help text whose code Gradio shows as it is written.

    It looks for emphasis inside code too, on one line: `0 2 * * *` would lose two of its stars. What is a carriage
    return to Gradio's pattern is a space to the browser.

    >>> info("`0 2 * * *` is *every* night")
    '`0\\r2\\r*\\r*\\r*` is *every* night'
    """
    return _CODE.sub(lambda code: code[0].replace(" ", "\r"), help)
