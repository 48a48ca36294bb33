"""对比 Compare: several runs beside each other."""

from __future__ import annotations

import gradio as gr

from studio.core.text import Text
from studio.ui.place import Place
from studio.ui.polled import polled
from studio.ui.tabs.base import Tab


def build(place: Place) -> None:
    """Make the tab."""
    with gr.Column(elem_classes="stack"):
        polled("compare")


TAB = Tab(68, Text("Compare", "对比"), build)
