"""Placing a live part in the page; `assets/js/parts.js` keeps it fresh while it can be seen."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from studio.ui.html import fill, join


def static(html: str) -> gr.HTML:
    """Place HTML that Gradio neither styles nor watches."""
    return gr.HTML(str(html), js_on_load=None, apply_default_css=False)


def waits(name: str, selector: str) -> Markup:
    """Return the style that shows nothing of a tab until the script calls it ready: it would be wrong, and what is typed lost.

    It belongs into the document's head: the page's own sheet comes a moment after what it is about.
    """
    waiting = fill("body:not(.ready-{}) {}", name, selector)
    return fill("<style>{0}{{background-image:var(--skeleton)}}{0}>*{{visibility:hidden}}</style>", waiting)


def polled(part: str, **query: str) -> gr.HTML:
    """Place a part; the query is what it is asked with (`kind="train"`)."""
    parameters = join((fill(' data-q-{}="{}"', key, value) for key, value in query.items()))
    html = fill('<div class="live" data-part="{}"{}></div>', part, parameters)
    return static(html)
