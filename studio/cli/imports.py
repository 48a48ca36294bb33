"""`import-recipe`: another program's file as a recipe of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.shell import here, say
from studio.core import recipe as recipes
from studio.core import yamlfile
from studio.core.errors import InputError
from studio.core.files import write_atomic
from studio.core.text import Text
from studio.training.llamafactory import MARK, imported

app = typer.Typer()


@app.command("import-recipe")
def import_recipe(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="A YAML file of LLaMA-Factory.")],
    output: Annotated[Path | None, typer.Option(help="The recipe's file; printed where none is given.")] = None,
) -> None:
    """Turn a LLaMA-Factory YAML into a train recipe, and list what has no counterpart here."""
    given = recipes.read_file(here(context).path(file)).values
    if MARK not in given:
        raise InputError(
            Text(
                f"this is no file of LLaMA-Factory: it has no {MARK}", f"这不是 LLaMA-Factory 的文件：其中没有 {MARK}"
            ),
            Text(
                "Give the YAML that `llamafactory-cli train` takes.",
                "请填写 `llamafactory-cli train` 使用的 YAML 文件。",
            ),
            file,
        )
    found = imported(given)
    text = yamlfile.dump(found.values)
    if output is None:
        print(text, end="")
    elif output.exists():
        raise InputError(
            Text("there is such a file already", "文件已经存在"),
            Text("Choose another.", "请换一个文件名。"),
            str(output),
        )
    else:
        write_atomic(output, text)
        say(
            Text(
                f"written: {output}; next: studio check {output}", f"已写入 {output}；接下来运行 studio check {output}"
            )
        )
    for key, value, todo in found.left:
        say(Text(f"not taken over: {key}: {value} ({todo.en})", f"未转换：{key}: {value}（{todo.zh}）"), error=True)
