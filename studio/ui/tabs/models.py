"""模型 Models: what is here, what uses it, and bringing more."""

from __future__ import annotations

import gradio as gr

from studio.core.text import Text
from studio.ui.place import Place
from studio.ui.polled import polled
from studio.ui.tabs.base import Tab


def build(place: Place) -> None:
    """Make the tab."""
    with gr.Column(elem_classes="stack"):
        polled("fetching")
        polled("listing", listing="models")


TAB = Tab(65, Text("Models", "模型"), build)
