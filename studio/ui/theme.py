"""The page's one theme: calm teal on grey, legible by day and night, in fonts the machine has."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils import colors, sizes

# No font is fetched from anywhere: each system brings one that covers both scripts.
SANS = [
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans",
    "sans-serif",
]
MONO = [
    "ui-monospace",
    "SF Mono",
    "Cascadia Mono",
    "Consolas",
    "DejaVu Sans Mono",
    "Noto Sans Mono CJK SC",
    "monospace",
]

_TEAL = colors.Color(
    name="studio",
    c50="#eefaf8",
    c100="#d5f2ed",
    c200="#aee4dc",
    c300="#7ccfc5",
    c400="#48b3a8",
    c500="#1f978d",
    c600="#0f7a73",
    c700="#11625e",
    c800="#134f4c",
    c900="#143f3d",
    c950="#082726",
)


def theme() -> gr.themes.Base:
    """Return the Gradio theme."""
    return gr.themes.Base(
        primary_hue=_TEAL,
        secondary_hue=_TEAL,
        neutral_hue=colors.slate,
        text_size=sizes.text_md,
        radius_size=sizes.radius_md,
        font=SANS,
        font_mono=MONO,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="#0d1518",
        background_fill_primary_dark="#131d21",
        background_fill_secondary_dark="#182429",
        block_background_fill="white",
        block_background_fill_dark="#131d21",
        block_border_color_dark="#25343a",
        border_color_primary_dark="#2b3c43",
        input_background_fill="white",
        input_background_fill_dark="#0f181b",
        input_border_color="*neutral_300",
        input_border_color_dark="#2b3c43",
        input_border_width="1px",
        input_border_color_focus="*primary_500",
        button_border_width="1px",
        button_large_padding="9px 18px",
        button_large_text_size="15px",
        button_large_text_weight="550",
        button_small_text_size="14px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_300",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_200",
        block_title_text_weight="500",
        block_shadow="none",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_text_color="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_dark="#182429",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="#2b3c43",
        checkbox_background_color_selected="*primary_600",
        checkbox_border_color_selected="*primary_600",
    )
