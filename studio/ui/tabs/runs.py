"""运行 Runs: all of them, and any one in full."""

from __future__ import annotations

import gradio as gr

from studio.core.text import Text
from studio.ui.place import Place
from studio.ui.polled import polled
from studio.ui.tabs.base import Tab


def build(place: Place) -> None:
    """Make the tab."""
    with gr.Column(elem_classes="stack"):
        polled("listing", listing="queue")
        polled("listing", listing="runs")
        polled("panel", fixed="1")


TAB = Tab(70, Text("Runs", "运行"), build)
