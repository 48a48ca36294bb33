"""`plugins`: the plug-ins that did not come with the studio, and which of them may run."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core import plugins
from studio.core.plugins import Stranger
from studio.core.text import Text, both

app = typer.Typer(help="Plug-ins of others: files in WORKSPACE/plugins/ and installed packages.")

_STATES = {
    "allowed": Text("allowed", "已允许"),
    "waiting": Text("waiting to be allowed", "等待允许"),
    "changed": Text("changed since it was allowed", "允许之后有改动"),
    "installed": Text("installed", "已安装"),
}
Name = Annotated[str, typer.Argument(help="The file's name without .py.")]


@app.callback(invoke_without_command=True)
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """List what is there without running it."""
    if context.invoked_subcommand is not None:
        return
    found = plugins.strangers()
    if as_json:
        document([_dumped(item) for item in found])
        return
    for item in found:
        say(_line(item))
    if not found:
        folder = here(context).plugins
        say(
            Text(
                f"none: put a file into {folder} (see docs/plugins.md)",
                f"没有插件：请把文件放入 {folder}（见 docs/plugins.md）",
            )
        )


@app.command("allow")
def allow(context: typer.Context, name: Name) -> None:
    """Let a file run as it is now, by its content; whoever wrote it can then do what you can."""
    from studio.ui.plugins import broken

    for item in plugins.allow(name):
        say(Text(f"allowed: {_line(item).en}", f"已允许：{_line(item).zh}"))
    for fault in (fault for fault in broken() if fault.where.endswith(f"/{name}.py")):
        say(fault.placed(), error=True)
    say(Text("A page that is open must be started again to use it.", "已打开的网页服务需重启后才能使用。"), error=True)


@app.command("forbid")
def forbid(context: typer.Context, name: Name) -> None:
    """Take back what was allowed."""
    count = plugins.forbid(name)
    say(Text(f"forbidden: {name} ({count} versions)", f"已撤销：{name}（{count} 个版本）"))


def _line(item: Stranger) -> Text:
    sorts = _sorts(item)
    state = _STATES[item.state]
    reason = both(f"; {item.reason}") if item.reason else both("")
    digest = both(f"  sha256 {item.sha256[:16]}") if item.sha256 else both("")
    return Text(
        f"{item.name}  {', '.join(sort.en for sort in sorts) or '-'}  {state.en}{reason.en}  {item.origin}{digest.en}",
        f"{item.name}  {'、'.join(sort.zh for sort in sorts) or '-'}  {state.zh}{reason.zh}  {item.origin}{digest.zh}",
    )


def _sorts(item: Stranger) -> list[Text]:
    from studio.ui.plugins import REGISTRIES

    return [registry.noun for registry in REGISTRIES if registry.attribute in item.holds]


def _dumped(item: Stranger) -> dict[str, Any]:
    return {
        "name": item.name,
        "sorts": [sort.en for sort in _sorts(item)],
        "state": item.state,
        "origin": item.origin,
        "sha256": item.sha256,
        "reason": item.reason,
    }
