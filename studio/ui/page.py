"""The page: two Blocks, one a language, built by the same functions and mounted on one application."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.middleware.gzip import GZipMiddleware

from studio.answering.gateway import Gateway
from studio.core.text import LANGUAGES, Language
from studio.core.workspace import Workspace
from studio.ui import basic_auth, frame, routes, theme
from studio.ui.context import Context
from studio.ui.place import Place
from studio.ui.tabs import tabs

_WORTH_PACKING = 1_000  # bytes
PATHS: dict[Language, str] = {"en": "/en", "zh": "/"}


def build(context: Context, gateway: Gateway) -> gr.Blocks:
    """Return the page in one language."""
    with gr.Blocks(title="MedQA Studio", analytics_enabled=False, fill_width=True) as blocks:
        frame.header(context)
        memories: list[gr.BrowserState] = []
        with gr.Tabs(elem_id="tabs"):
            for name, tab in tabs().items():
                with gr.Tab(context.text(tab.title), id=name, elem_id=f"tab-{name}") as open_tab:
                    tab.build(Place(context, blocks, open_tab, gateway, memories))
        for memory in memories:
            memory.render()
    return blocks


def mount(app: FastAPI, workspace: Workspace, password: str = "") -> FastAPI:
    """Mount the page at `/` (中文) and `/en` (English), and what it asks for at `/studio`.

    Args:
        app: the endpoint's application, whose gateway (`app.state.gateway`) answers the chat; what is mounted at `/`
            takes every path that it has not.
        password: if given, the page answers only to the user `studio` with this password.
    """
    if password:
        app.add_middleware(basic_auth.BasicAuth, password=password)
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_PACKING, compresslevel=5)
    app.include_router(routes.router(workspace))

    @app.get("/en", include_in_schema=False)
    def english() -> RedirectResponse:
        return RedirectResponse("en/")

    assert set(PATHS) == set(LANGUAGES)
    for language, path in PATHS.items():
        gr.mount_gradio_app(
            app,
            build(Context(workspace, language), app.state.gateway),
            path=path,
            theme=theme.theme(),
            css=theme.css(),
            head=frame.head(language),
            footer_links=[],
            run_history=False,
            show_error=True,
            ssr_mode=False,
            pwa=False,
        )
    return app
