"""Where a tab is built: the language, and the Gradio objects around it, and who answers questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio.answering.gateway import Gateway
from studio.ui.context import Context


@dataclass(frozen=True)
class Restoring:
    """What is put into a tab when the page is loaded: one question asks for that of all tabs.

    Args:
        name: the body gets the class `ready-NAME` when it is there.
        make: returns a value for each of `outputs`.
    """

    name: str
    make: Callable[..., Sequence[Any]]
    inputs: Sequence[gr.components.Component | gr.BrowserState | gr.State]
    outputs: Sequence[gr.components.Component | gr.BrowserState | gr.State]


@dataclass(frozen=True)
class Place:
    """An open tab of an open page."""

    context: Context
    tab: gr.Tab
    gateway: Gateway
    memories: list[gr.BrowserState]
    restored: list[Restoring]

    def wanted(self, name: str) -> gr.Textbox:
        """Return what a link asks this tab to choose, `SORT:NAME`, which the script writes there; nobody sees it."""
        return gr.Textbox(elem_id=f"wanted-{name}", elem_classes="wanted", show_label=False, container=False)

    def follow(self, name: str) -> gr.Textbox:
        """Return what the script changes when something has finished: what this tab offers may be another now."""
        return gr.Textbox(elem_id=f"follow-{name}", elem_classes="wanted follow", show_label=False, container=False)

    def uploaded(self, name: str) -> gr.Textbox:
        """Return where the script names the files that have been uploaded for this tab's form; nobody sees it."""
        return gr.Textbox(elem_id=f"uploaded-{name}", elem_classes="wanted", show_label=False, container=False)

    def memory(self, name: str, default: Any) -> gr.BrowserState:
        """Return something that this browser remembers, across reloads and in both languages.

        It is rendered outside the tabs: what stands inside one is there only once that tab has been opened, too late
        for the page's load event.
        """
        state = gr.BrowserState(default, storage_key=f"studio-{name}", secret="studio", render=False)
        self.memories.append(state)
        return state
