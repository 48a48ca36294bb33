"""`models`: what is here, and bringing more."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.reporter import Terminal
from studio.core.text import Text, shell_language
from studio.hubs import accounts, signing
from studio.hubs.base import HUBS
from studio.models import local
from studio.models.fetch import bring_base, fetch
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
    id: Annotated[
        str,
        typer.Argument(
            help="A name (smollm2-135m-instruct), a hub id (Qwen/Qwen2.5-0.5B-Instruct, OWNER/NAME:FILE.gguf), or a path."
        ),
    ],
    hub: Annotated[str, typer.Option(help="Where from: auto, huggingface, mirror, modelscope.")] = "auto",
) -> None:
    """Bring a model here."""
    if hub != "auto":
        HUBS.load(hub)
    folder = fetch(here(context), id, hub, Terminal(shell_language()))
    say(Text(f"{id}: {folder}", f"{id}：{folder}"))


@app.command("add")
def models_add(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A model folder or a GGUF file on this machine.")],
    name: Annotated[str, typer.Option(help="What it is called here; by default, its own name.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copy a folder instead of linking to it.")] = False,
) -> None:
    """Take a model that lies on this machine; GGUF and pickled weights become safetensors, once."""
    workspace, terminal = here(context), Terminal(shell_language())
    # a path in a terminal starts where the terminal stands
    found = str(Path(path).expanduser().absolute()) if Path(path).expanduser().exists() else path
    folder = local.add(workspace, found, terminal, name, copy)
    bring_base(workspace, folder, "auto", terminal)
    say(Text(f"{path}: {folder}", f"{path}：{folder}"))


@app.command("login")
def models_login(hub: Annotated[str, typer.Argument(help="huggingface or modelscope.")]) -> None:
    """Keep a hub's token for this user; it is read unseen from the terminal, or from standard input, never from the command."""
    account = accounts.account(hub)
    if sys.stdin.isatty():
        say(Text(f"Make a token on {account.form}", f"请在 {account.form} 创建令牌"))
        given = getpass.getpass(Text("Token (not shown): ", "令牌（不会显示）：").to(shell_language()))
    else:
        given = sys.stdin.readline()
    say(signing.sign_in(hub, given))


@app.command("logout")
def models_logout(hub: Annotated[str, typer.Argument(help="huggingface or modelscope.")]) -> None:
    """Remove the token that is kept of a hub."""
    say(signing.sign_out(hub))
