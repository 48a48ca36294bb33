"""Placing a live part in the page; `assets/live.js` keeps it fresh while it can be seen."""

from __future__ import annotations

import gradio as gr

from studio.ui.html import fill, join


def static(html: str) -> gr.HTML:
    """Place HTML that Gradio neither styles nor watches."""
    return gr.HTML(str(html), js_on_load=None, apply_default_css=False)


def polled(part: str, **query: str) -> gr.HTML:
    """Place a part; the query is what it is asked with (`kind="train"`)."""
    parameters = join((fill(' data-q-{}="{}"', key, value) for key, value in query.items()))
    html = fill('<div class="live" data-part="{}"{}></div>', part, parameters)
    return static(html)
