"""`search`, `ask` and `endpoint`: what is known and what a model makes of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Annotated

import typer

from studio.answering.modes.base import Prompt
from studio.answering.system import System
from studio.cli.shell import AsJson, document, here, say
from studio.core.records import Message, Passage, Sampling
from studio.core.workspace import Workspace
from studio.runs import references

app = typer.Typer()


@app.command()
def search(
    context: typer.Context,
    knowledge: str,
    query: str,
    top_k: Annotated[int, typer.Option(min=1, help="How many passages.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Find the passages of a knowledge base that fit a query, best first."""
    workspace = here(context)
    folder = references.resolve(workspace, "knowledge", knowledge).locate(workspace)
    from studio.knowledge.search import KnowledgeBase

    found = KnowledgeBase.open(workspace, folder).search(query, top_k)
    if as_json:
        document(
            [
                {
                    "content": passage.content,
                    "score": passage.score,
                    "source": passage.source,
                    "passage_id": passage.id,
                    "title": passage.title,
                }
                for passage in found
            ]
        )
        return
    for number, passage in enumerate(found, 1):
        say(f"[{number}] {passage.score:.3f}  {passage.source}  {passage.title}\n{passage.content}\n")


@app.command()
def ask(
    context: typer.Context,
    model: str,
    question: str,
    knowledge: Annotated[str, typer.Option(help="Answer with passages of this knowledge base.")] = "",
    max_tokens: Annotated[int, typer.Option(min=1, help="Longest answer, in tokens.")] = 256,
) -> None:
    """Ask a model one question; the answer is streamed."""
    system = System.served(model, _bare, knowledge)
    asyncio.run(_ask(here(context), system, question, Sampling(max_tokens)))


def _bare(question: str) -> Prompt:
    return Prompt([Message(role="user", content=question)])


async def _ask(workspace: Workspace, system: System[str], question: str, sampling: Sampling) -> None:
    from studio.answering.gateway import Gateway

    request = system.request(question, sampling)
    cited: tuple[Passage, ...] = ()
    async with aclosing(Gateway(workspace)) as gateway, aclosing(gateway.stream(system.target.id, request)) as deltas:
        async for delta in deltas:
            print(delta.text, end="", flush=True)
            cited = delta.passages or cited
    print()
    for number, passage in enumerate(cited, 1):
        say(f"[{number}] {passage.source}  {passage.title}")


@app.command()
def endpoint(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 7861,
    parent: Annotated[int | None, typer.Option(help="End when this process ends.")] = None,
    root_path: Annotated[str, typer.Option(help="The path a proxy puts in front of every other.")] = "",
) -> None:
    """Serve the OpenAI-compatible endpoint without the page."""
    from studio.api.server import run

    run(here(context), host, port, parent, root_path)
