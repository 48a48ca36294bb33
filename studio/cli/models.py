"""`models`: what is here, and bringing more."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.reporter import Terminal
from studio.core.text import Text, shell_language
from studio.models.fetch import fetch
from studio.runs.names import embedder_names, model_names

app = typer.Typer(help="The models that are here, and bringing more.")


@app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models that are here."""
    if context.invoked_subcommand is not None:
        return
    workspace = here(context)
    chat, embedding = model_names(workspace), embedder_names(workspace)
    if as_json:
        document(
            [{"name": name, "purpose": "chat"} for name in chat]
            + [{"name": name, "purpose": "embedding"} for name in embedding]
        )
        return
    for name in [*chat, *embedding]:
        say(name)
    if not chat and not embedding:
        say(
            Text(
                "No models yet: `python -m studio models fetch smollm2-135m-instruct`",
                "还没有模型：`python -m studio models fetch smollm2-135m-instruct`",
            )
        )


@app.command("fetch")
def models_fetch(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="A name (smollm2-135m-instruct) or a hub id (Qwen/Qwen2.5-0.5B-Instruct).")],
    hub: Annotated[Literal["auto", "huggingface", "modelscope"], typer.Option(help="Where from.")] = "auto",
) -> None:
    """Bring a model here."""
    folder = fetch(here(context), id, hub, Terminal(shell_language()))
    say(Text(f"{id}: {folder}", f"{id}：{folder}"))
