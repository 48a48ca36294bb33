"""`keys`: API keys of the HTTP endpoint."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.api import keys
from studio.cli.shell import AsJson, document, here, say
from studio.core.text import Text

app = typer.Typer(no_args_is_help=True, help="API keys of the HTTP endpoint.")


@app.command("add")
def add(
    context: typer.Context,
    name: str,
    knowledge: Annotated[
        list[str] | None, typer.Option(help="Limit the key to this knowledge base; repeatable.")
    ] = None,
) -> None:
    """Make a key; it is shown this once."""
    key = keys.add(here(context), name, knowledge or [])
    say(key)
    say(Text("Keep it: only its hash is stored.", "请妥善保存：系统只保存它的哈希值。"), error=True)


@app.command("list")
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """List the keys by name."""
    found = keys.listing(here(context))
    if as_json:
        document([{"name": key.name, "created": key.created, "knowledge": list(key.knowledge)} for key in found])
        return
    for key in found:
        say(f"{key.name}  {key.created}  {', '.join(key.knowledge)}".rstrip())
    if not found:
        say(
            Text(
                "No keys: the endpoint answers anyone on this machine.", "还没有密钥：本机上的任何程序都可以调用接口。"
            )
        )


@app.command("revoke")
def revoke(context: typer.Context, name: str) -> None:
    """Make a key worthless."""
    keys.revoke(here(context), name)
    say(Text(f"revoked {name}", f"已吊销 {name}"))
