"""Where a tab is built: the language, and the Gradio objects around it, and who answers questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio.answering.gateway import Gateway
from studio.ui.context import Context


@dataclass(frozen=True)
class Place:
    """An open tab of an open page."""

    context: Context
    page: gr.Blocks
    tab: gr.Tab
    gateway: Gateway
    memories: list[gr.BrowserState]

    def wanted(self, name: str) -> gr.Textbox:
        """Return what a link asks this tab to choose, `SORT:NAME`, which `live.js` writes there; nobody sees it."""
        return gr.Textbox(elem_id=f"wanted-{name}", elem_classes="wanted", show_label=False, container=False)

    def follow(self, name: str) -> gr.Textbox:
        """Return what `live.js` changes when something has finished: what this tab offers may be another now."""
        return gr.Textbox(elem_id=f"follow-{name}", elem_classes="wanted follow", show_label=False, container=False)

    def memory(self, name: str, default: Any) -> gr.BrowserState:
        """Return something that this browser remembers, across reloads and in both languages.

        It is rendered outside the tabs: what stands inside one is there only once that tab has been opened, too late
        for the page's load event.
        """
        state = gr.BrowserState(default, storage_key=f"studio-{name}", secret="studio", render=False)
        self.memories.append(state)
        return state
