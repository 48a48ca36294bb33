"""The page: two Blocks, one a language, built by the same functions and mounted on one application."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.middleware.gzip import GZipMiddleware

from studio.answering.gateway import Gateway
from studio.core.text import LANGUAGES, Language
from studio.core.workspace import Workspace
from studio.ui import basic_auth, frame, gradio_files, routes, theme
from studio.ui.context import Context
from studio.ui.guard import guarded
from studio.ui.page_head import PageHead, Sheet
from studio.ui.place import Place, Restoring
from studio.ui.polled import static
from studio.ui.tabs import tabs

_WORTH_PACKING = 1_000  # bytes
PATHS: dict[Language, str] = {"en": "/en", "zh": "/"}


def build(context: Context, gateway: Gateway) -> gr.Blocks:
    """Return the page in one language."""
    with gr.Blocks(title="MedQA Studio", analytics_enabled=False, fill_width=True) as blocks:
        frame.header(context)
        memories: list[gr.BrowserState] = []
        restored: list[Restoring] = []
        with gr.Tabs(elem_id="tabs"):
            for name, tab in tabs().items():
                with gr.Tab(context.text(tab.title), id=name, elem_id=f"tab-{name}") as open_tab:
                    frame.heading(context, tab)
                    place = Place(context, open_tab, gateway, memories, restored)
                    guarded(context, f"tab {name}", partial(tab.build, place), static)
        for memory in memories:
            memory.render()
        _restore(context, blocks, restored)
    return blocks


def _restore(context: Context, blocks: gr.Blocks, tabs: Sequence[Restoring]) -> None:
    """Put into every tab, when the page is loaded, what belongs there; each question less is a round trip less."""

    def restored(*values: Any) -> list[Any]:
        given, answer = iter(values), list[Any]()
        for tab in tabs:
            make = partial(tab.make, *islice(given, len(tab.inputs)))
            nothing = [gr.skip()] * len(tab.outputs)
            answer += guarded(context, f"what belongs into {tab.name}", make, lambda _, left=nothing: left)  # type: ignore[misc]
        return answer

    inputs, outputs = ([part for tab in tabs for part in getattr(tab, side)] for side in ("inputs", "outputs"))
    names = ", ".join(f"'ready-{tab.name}'" for tab in tabs)
    # shown once what was put into it has been drawn
    ready = f"() => {{ setTimeout(() => document.body.classList.add({names}), 50); }}"
    loaded = blocks.load(restored, inputs, outputs, show_progress="hidden", api_visibility="private")
    loaded.then(None, None, None, js=ready)


def mount(app: FastAPI, workspace: Workspace, password: str = "") -> FastAPI:
    """Mount the page at `/` (中文) and `/en` (English), and what it asks for at `/studio`.

    Args:
        app: the endpoint's application, whose gateway (`app.state.gateway`) answers the chat; what is mounted at `/`
            takes every path that it has not.
        password: if given, the page answers only to the user `studio` with this password.
    """
    if password:
        app.add_middleware(basic_auth.BasicAuth, password=password)
    contexts = {path: Context(workspace, language) for language, path in PATHS.items()}
    pages = {path: build(context, app.state.gateway) for path, context in contexts.items()}
    files = gradio_files.needed(part.get_block_name() for page in pages.values() for part in page.blocks.values())
    sheet = Sheet(files)
    heads = {
        f"{path.rstrip('/')}/": f"{sheet.tag(context.base)}{files.tags()}{frame.head(context)}"
        for path, context in contexts.items()
    }
    app.add_middleware(PageHead, heads=heads, files=files)
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_PACKING, compresslevel=5)
    app.include_router(sheet.router())
    app.include_router(routes.router(workspace))

    @app.get("/en", include_in_schema=False)
    def english() -> RedirectResponse:
        return RedirectResponse("en/")

    assert set(PATHS) == set(LANGUAGES)
    for path, page in pages.items():
        gr.mount_gradio_app(
            app,
            page,
            path=path,
            theme=theme.theme(),
            footer_links=[],
            run_history=False,
            show_error=True,
            ssr_mode=False,
            pwa=False,
        )
    return app
