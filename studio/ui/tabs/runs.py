"""运行 Runs: all of them, and any one in full."""

from __future__ import annotations

import gradio as gr

from studio.core.text import Text
from studio.ui.live import live
from studio.ui.place import Place
from studio.ui.tabs._tab import Tab


def build(place: Place) -> None:
    """Make the tab."""
    with gr.Column(elem_classes="stack"):
        live("runs")
        live("panel", fixed="1")


TAB = Tab(70, Text("Runs", "运行"), build)
