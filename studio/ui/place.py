"""Where a tab is built: the language, and the Gradio objects around it, and who answers questions."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from studio.api.gateway import Gateway
from studio.ui.context import Context


@dataclass(frozen=True)
class Place:
    """An open tab of an open page."""

    context: Context
    page: gr.Blocks
    tab: gr.Tab
    gateway: Gateway
