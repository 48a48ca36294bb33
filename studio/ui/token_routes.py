"""What the section "As the model sees it" asks: the tokens of a row, and the lengths of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError

from studio.core import recipe as recipes
from studio.core.choice import Choice
from studio.core.errors import InputError, StudioError
from studio.core.files import is_name
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.data.dataset_folder import record_of
from studio.models.chat_model import require_language_model, without_template
from studio.models.facts import facts_of
from studio.models.folder import tokenizer_folder
from studio.models.templates import OWN, TEMPLATES
from studio.runs.directory import Run
from studio.runs.references import resolve
from studio.runs.store import RunStore
from studio.training.kinds.lengths import Measured, known, known_lengths
from studio.training.lesson import LessonOptions
from studio.training.recipe import LengthsRecipe
from studio.training.token_service import TokenService
from studio.training.wording import Thoughts, wording
from studio.ui import token_section
from studio.ui.context import Context
from studio.ui.deeds import foreign, refusal
from studio.ui.guard import guarded
from studio.ui.lines import record
from studio.ui.starters import start_document

_NAME = 40  # characters of the run that measures
_EMBEDS = Text("this is an embedding model; choose a chat model", "这是向量模型，请选择对话模型")


class RowAsked(BaseModel):
    """A row of a dataset's part, and what is to show it."""

    lang: Language = "zh"
    of: str
    view: str
    row: int = Field(1, ge=1)
    model: str
    max_length: int = Field(512, ge=16, le=10_000_000)
    seed: int = Field(42, ge=0)
    template: Annotated[str, Choice(TEMPLATES, (OWN,))] = OWN
    thinking: Thoughts = "auto"
    options: dict[str, Any] = {}
    measure: bool = False

    @property
    def objective(self) -> dict[str, Any]:
        """The objective as a recipe dumps it."""
        return {"name": "sft", **LessonOptions.model_validate(self.options).model_dump(mode="json")}

    @property
    def measured(self) -> Measured:
        """What the lengths of the rows hang on."""
        return self.objective, self.seed, self.template, self.thinking


class Measuring(BaseModel):
    """What a form wants to know the lengths of: the fields of a recipe of lengths."""

    lang: Language = "zh"
    recipe: dict[str, Any]


def router(workspace: Workspace) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    service = TokenService()

    @routes.post("/tokens")
    def tokens(asked: RowAsked, x_studio: Annotated[str, Header()] = "") -> Response:
        """Return the tokens of a row, and what becomes of it in a training."""
        return _answer(workspace, asked, x_studio, lambda context: _tokens(context, asked, service))

    @routes.post("/lengths")
    def lengths(asked: RowAsked, x_studio: Annotated[str, Header()] = "") -> Response:
        """Return the lengths of a part's rows, or how far the run is that measures them; begin it where that is asked."""
        return _answer(workspace, asked, x_studio, lambda context: _lengths(context, asked))

    @routes.post("/measure")
    def measured(asked: Measuring, x_studio: Annotated[str, Header()] = "") -> Response:
        """Begin the run that measures the rows that a form's recipe is about."""
        context = Context(workspace, asked.lang)
        if not x_studio:
            return refusal(context, foreign(), 403)
        try:
            return JSONResponse({"run": _begun(workspace, asked.recipe).id})
        except StudioError as error:
            return refusal(context, error, 400)

    return routes


def _begun(workspace: Workspace, fields: Mapping[str, Any]) -> Run:
    of = str(fields.get("dataset", "")).rpartition("/")[2][:_NAME]
    values = {**fields, "kind": "lengths", "name": f"{of}-lengths" if is_name(f"{of}-lengths") else "lengths"}
    return start_document(workspace, recipes.RecipeDocument(LengthsRecipe.__name__, values, {(): 1}))


def _answer(
    workspace: Workspace, asked: RowAsked, x_studio: str, make: Callable[[Context], dict[str, Any]]
) -> Response:
    context = Context(workspace, asked.lang)
    if not x_studio:
        return refusal(context, foreign(), 403)
    made = guarded(
        context, "a row as the model sees it", lambda: make(context), lambda message: {"html": message, "failed": True}
    )
    return JSONResponse(made, headers={"Cache-Control": "no-store"})


def _tokens(context: Context, asked: RowAsked, service: TokenService) -> dict[str, Any]:
    dataset, model = _dataset(context, asked), _model(context, asked)
    folder = tokenizer_folder(context.workspace, model).resolve()
    view = service.view(
        {
            "model": str(folder),
            "template": wording(facts_of(folder), asked.template, asked.thinking),
            "record": record_of(dataset).record,
            "row": _row(dataset / f"{asked.view}.jsonl", asked.row),
            "max_length": asked.max_length,
            "options": _options(asked),
            "seed": asked.seed,
        }
    )
    return {"html": token_section.told(context, view, asked.max_length), "pieces": view["pieces"]}


def _lengths(context: Context, asked: RowAsked) -> dict[str, Any]:
    workspace = context.workspace
    dataset, model = _dataset(context, asked), _model(context, asked)
    _options(asked)
    run = known(workspace, model, dataset, asked.measured)
    if asked.measure and (run is None or not (run.active() or run.output("lengths"))):
        name = f"{dataset.parent.name.split('-', 3)[-1][:_NAME]}-lengths"
        values = {
            "kind": "lengths",
            "name": name if is_name(name) else "lengths",
            "model": asked.model,
            "dataset": workspace.relative(dataset).as_posix(),
            "objective": asked.objective,
            "seed": asked.seed,
            "template": asked.template,
            "thinking": asked.thinking,
        }
        run = start_document(workspace, recipes.RecipeDocument(LengthsRecipe.__name__, values, {(): 1}))
    found = known_lengths(workspace, model, dataset, asked.measured)
    return {"html": token_section.lengths(context, asked.view, run, found)}


def _dataset(context: Context, asked: RowAsked) -> Path:
    entry = RunStore(context.workspace).entry(asked.of)
    folder = entry.output("dataset") if entry is not None else None
    if folder is None or not is_name(asked.view) or not (folder / f"{asked.view}.jsonl").is_file():
        raise InputError(Text("this dataset is not here any more", "这个数据集已经不在了"))
    return folder


def _model(context: Context, asked: RowAsked) -> Path:
    if not asked.model.strip():
        raise InputError(
            Text("there is no model here whose template could show the row", "这里还没有可用来显示该行的模型"),
            Text("Fetch one on Home.", "请先在首页获取模型。"),
        )
    path = resolve(context.workspace, "model", asked.model).locate(context.workspace)
    facts = require_language_model(path, context.workspace, _EMBEDS)
    if not facts.template and asked.template == OWN:
        raise without_template(path)
    return path


def _options(asked: RowAsked) -> dict[str, Any]:
    try:
        return LessonOptions.model_validate(asked.options).model_dump(mode="json")
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(Text(f"the option {where} has a wrong value", f"选项 {where} 的取值有误")) from error


def _row(path: Path, number: int) -> Any:
    """Return a line of a file, by its number from 1, as its record."""
    with path.open("rb") as stream:
        for at, line in enumerate(stream, 1):
            if at == number:
                return record(line)
    raise InputError(Text("this row is not here any more", "这一行已经不在了"))
