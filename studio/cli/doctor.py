"""`doctor`: what this machine has and lacks, each finding with its mend."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil
import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.accelerators import cards
from studio.core.errors import InputError
from studio.core.libraries import versions
from studio.core.text import Text, both
from studio.core.workspace import Workspace
from studio.hubs.accounts import accounts
from studio.hubs.base import HUBS, hub_names
from studio.hubs.signing import answer_of, state
from studio.hubs.words import called
from studio.runs.names import embedder_names, model_names

app = typer.Typer()
_OPTIONAL = {"tensorboard": "requirements-tensorboard.txt"}
"""Libraries that only some things use, each with the file that installs it."""
_GIB = 2**30
NOTHING = both("")


@dataclass(frozen=True)
class Diagnosis:
    """One thing looked at: whether it is good, what was found, and what to do where it is not."""

    name: str
    good: bool
    found: Text
    mend: Text = NOTHING

    def dump(self) -> dict[str, object]:
        return {"name": self.name, "good": self.good, "found": self.found.dump(), "mend": self.mend.dump()}


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at machine, GPU, disk, models, hub, port and versions; say how to mend what is wrong."""
    workspace = here(context)
    looks: list[Callable[[Workspace], Diagnosis]] = [
        _machine,
        _gpu,
        _disk,
        _models,
        _hubs,
        _port,
        _versions,
        _optional,
        _plugins,
    ]
    findings = [look(workspace) for look in looks]
    if as_json:
        document([finding.dump() for finding in findings])
        return
    for finding in findings:
        mark = "ok  " if finding.good else "mend"
        say(Text(f"{mark} {finding.name:9} {finding.found.en}", f"{mark} {finding.name:9} {finding.found.zh}"))
        if not finding.good:
            say(Text(f"     {'':9} -> {finding.mend.en}", f"     {'':9} -> {finding.mend.zh}"))


def _machine(workspace: Workspace) -> Diagnosis:
    cores, memory = psutil.cpu_count(logical=False) or 1, psutil.virtual_memory()
    free, total = memory.available / _GIB, memory.total / _GIB
    return Diagnosis(
        "machine",
        free > 4,
        Text(
            f"{cores} cores, {free:.1f} of {total:.1f} GiB memory free",
            f"{cores} 个核心，内存可用 {free:.1f} / {total:.1f} GiB",
        ),
        Text(
            "At least 4 GiB free memory are wanted; stop other programs.", "至少需要 4 GiB 可用内存；请先关闭其他程序。"
        ),
    )


def _gpu(workspace: Workspace) -> Diagnosis:
    found = cards()
    told = [
        Text(
            f"{card.name}, {card.free_mib:,} of {card.memory_mib:,} MiB free, {'bf16' if card.bf16 else 'fp16 (it has no bf16)'}",
            f"{card.name}，显存可用 {card.free_mib:,} / {card.memory_mib:,} MiB，{'bf16' if card.bf16 else 'fp16（不支持 bf16）'}",
        )
        for card in found
    ]
    return Diagnosis(
        "gpu",
        True,
        Text("; ".join(text.en for text in told), "；".join(text.zh for text in told))
        if found
        else Text(
            "no NVIDIA GPU: everything runs on the CPU, slowly",
            "没有 NVIDIA GPU：全部在 CPU 上运行，较慢",
        ),
    )


def _disk(workspace: Workspace) -> Diagnosis:
    try:
        workspace.prepare()
    except InputError as error:
        return Diagnosis(
            "disk",
            False,
            Text(f"{error.where}: {error.message.en}", f"{error.where}：{error.message.zh}"),
            error.hint or NOTHING,
        )
    free = shutil.disk_usage(workspace.root).free / _GIB
    return Diagnosis(
        "disk",
        free > 5,
        Text(
            f"{free:.1f} GiB free where the workspace is ({workspace.root})",
            f"工作区所在磁盘剩余 {free:.1f} GiB（{workspace.root}）",
        ),
        Text(
            "Move the workspace to the data volume: --workspace /root/autodl-tmp/studio (AutoDL) or the like.",
            "请把工作区放到数据盘，例如 AutoDL 上用 --workspace /root/autodl-tmp/studio。",
        ),
    )


def _models(workspace: Workspace) -> Diagnosis:
    names = [*model_names(workspace), *embedder_names(workspace)]
    return Diagnosis(
        "models",
        bool(model_names(workspace) and embedder_names(workspace)),
        both(", ".join(names)) if names else Text("none", "没有模型"),
        Text(
            "python -m studio models fetch smollm2-135m-instruct; python -m studio models fetch all-minilm-l6-v2",
            "python -m studio models fetch smollm2-135m-instruct；python -m studio models fetch all-minilm-l6-v2",
        ),
    )


def _hubs(workspace: Workspace) -> Diagnosis:
    """Say what each hub answers, and whether there is a token for it."""
    names = [name for name in hub_names() if HUBS.load(name).endpoint()]
    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(answer_of, names))
    told = [
        Text(f"{called(HUBS.load(name)).en}: {answer.said.en}", f"{called(HUBS.load(name)).zh}：{answer.said.zh}")
        for name, answer in zip(names, answers, strict=True)
    ]
    told += [
        Text(f"{account.title.en}: {state(name).en}", f"{account.title.zh}：{state(name).zh}")
        for name, account in accounts().items()
    ]
    refused = [Text("Its token is not accepted: `python -m studio models login HUB`", "令牌不被接受：请运行 `python -m studio models login HUB`")]  # fmt: skip
    mends = refused if any(answer.token_refused for answer in answers) else []
    return Diagnosis(
        "hub",
        any(answer.there for answer in answers) and not mends,
        Text("; ".join(text.en for text in told), "；".join(text.zh for text in told)),
        mends[0]
        if mends
        else Text(
            "Set HF_ENDPOINT to a mirror, mend the proxy (HTTPS_PROXY), or bring models as folders or GGUF files: "
            "`python -m studio models add PATH`; the packaged models still work.",
            "请把 HF_ENDPOINT 设为镜像，检查代理（HTTPS_PROXY），或导入模型文件夹或 GGUF 文件："
            "`python -m studio models add 路径`；随软件包提供的模型仍可使用。",
        ),
    )


def _port(workspace: Workspace) -> Diagnosis:
    with socket.socket() as probe:
        free = probe.connect_ex(("127.0.0.1", 7860)) != 0
    return Diagnosis(
        "port",
        True,
        Text("7860 is free", "7860 端口空闲")
        if free
        else Text(
            "7860 is in use (by this studio, or use --port)", "7860 端口已被占用（可能是本程序；否则请用 --port）"
        ),
    )


def _optional(workspace: Workspace) -> Diagnosis:
    """Say which of the optional libraries are here; none is needed for what one does not use."""
    here = versions(_OPTIONAL)
    found = ", ".join(f"{name} {version}" for name, version in here.items())
    rest = [file for name, file in _OPTIONAL.items() if name not in here]
    listed = ", ".join(rest)
    return Diagnosis(
        "optional",
        True,
        Text(
            "; ".join(filter(None, (found, f"not installed, if wanted: pip install -r {listed}" if rest else ""))),
            "；".join(filter(None, (found, f"未安装，需要时运行 pip install -r {listed}" if rest else ""))),
        ),
    )


def _plugins(workspace: Workspace) -> Diagnosis:
    from studio.ui.plugins import REGISTRIES, broken, heavy, waiting

    faults = broken()
    told = [fault.placed() for fault in faults]
    told += [
        Text(
            f"{name} imports {library} at its top: import it inside, or every page and command waits for it",
            f"{name} 在文件开头导入了 {library}：请改在函数内导入，否则网页和每条命令都要等它",
        )
        for name, library in heavy().items()
    ]
    told += [
        Text(f"plugins/{item.name}.py may not run yet", f"plugins/{item.name}.py 尚未获准运行") for item in waiting()
    ]
    if not told:
        count = sum(len(registry.names()) for registry in REGISTRIES)
        return Diagnosis("plugins", True, Text(f"{count}, each loads", f"{count} 个，均可加载"))
    return Diagnosis(
        "plugins",
        False,
        Text("; ".join(text.en for text in told), "；".join(text.zh for text in told)),
        (faults[0].hint if faults else None)
        or Text(
            "Read the file, then: python -m studio plugins allow NAME",
            "请查看文件内容，再运行 python -m studio plugins allow 名称",
        ),
    )


def _versions(workspace: Workspace) -> Diagnosis:
    wanted = ("torch", "transformers", "peft", "trl", "datasets", "faiss-cpu", "gradio", "bitsandbytes")
    found = {"python": sys.version.split()[0], **versions(wanted)}
    missing = [name for name in wanted if name not in found]
    return Diagnosis(
        "versions",
        not missing,
        both(", ".join(f"{name} {version}" for name, version in found.items())),
        Text(
            f"missing: {', '.join(missing)}; pip install -r requirements.txt",
            f"缺少：{', '.join(missing)}；请运行 pip install -r requirements.txt",
        ),
    )
