"""The page: Gradio Blocks over recipes and run directories. Thin, and loads no torch."""

from studio.ui.stubs import skipping_stubs

with skipping_stubs():
    import gradio  # noqa: F401  loaded here once, so that whoever imports the page first gets it the quick way
