"""What would keep a training from working, told from the facts of its model before anything is loaded.

Each fault names the field to mend, and the smallest change that mends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateError

from studio.core.choice import Options
from studio.core.errors import Fault
from studio.core.option import called
from studio.core.records import Message
from studio.core.text import Text
from studio.data.counts import rows_of
from studio.data.dataset_folder import iter_rows
from studio.models.conversation_template import REFUSES, end_of_turn, render, takes_system, thinking
from studio.models.facts import ModelFacts
from studio.models.templates import OWN, TEMPLATES, fitting
from studio.training.lesson import LessonOptions, lesson
from studio.training.methods import METHODS
from studio.training.methods.base import AdapterOptions
from studio.training.recipe import LengthsRecipe, TrainRecipe
from studio.training.wording import wording

_LOOKED_AT = 200  # rows, to tell whether any can be learned


def wording_faults(recipe: TrainRecipe | LengthsRecipe, facts: ModelFacts) -> Iterator[Fault]:
    """Yield what is wrong with how conversations are to be written for a model."""
    if recipe.template != OWN:
        lacking = TEMPLATES.load(recipe.template).lacking(facts.tokenizer)
        if lacking:
            tokens = Text(", ".join(lacking), "、".join(lacking))
            said = Text(
                f"it writes {tokens.en}, which the model's vocabulary does not have",
                f"它要用到 {tokens.zh}，而模型的词表里没有",
            )
            yield Fault("template", _choose(said, facts))
            return
    elif not facts.template:
        said = Text(
            "the model has no chat template: it is a base model, which was taught to continue texts only",
            "模型没有对话模板：这是只学过续写文本的基座模型",
        )
        yield Fault("template", _choose(said, facts))
        return
    template, names = wording(facts, recipe.template, "auto") or facts.template, facts.tokenizer.names
    if not end_of_turn(template, names, facts.tokenizer.controls):
        said = Text(
            "the model's own writes no end of turn behind an answer: the model would not learn to stop",
            "模型自带的模板没有在回答后写出结束符，模型学不会停止",
        )
        yield Fault("template", _choose(said, facts))
    if recipe.thinking != "auto" and thinking(template, names) != "can":
        yield Fault(
            "thinking",
            Text(
                "the chat template has no switch for it; accepted here: auto",
                "这个对话模板没有思考开关；这里只能填 auto",
            ),
        )
    options = recipe.objective.options
    if isinstance(options, LessonOptions) and options.system.strip() and not takes_system(template, names):
        yield Fault(
            "objective.system",
            Text(
                "the chat template shows its model no system prompt; leave it out, or choose another template",
                "这个对话模板不支持系统提示词；请留空，或换用其他模板",
            ),
        )


def _choose(said: Text, facts: ModelFacts) -> Text:
    found = fitting(facts.tokenizer)
    if not found:
        return Text(
            f"{said.en}; none fits its vocabulary, so take its -Instruct version",
            f"{said.zh}；没有适合其词表的模板，请使用它的 -Instruct 版本",
        )
    return Text(
        f"{said.en}; choose one that fits it: {', '.join(found)}", f"{said.zh}；请选择适合它的模板：{'、'.join(found)}"
    )


def model_faults(recipe: TrainRecipe, facts: ModelFacts) -> Iterator[Fault]:
    """Yield what a model cannot do of what a recipe asks."""
    packed = facts.quantization
    method = METHODS.load(recipe.method.name)
    if packed is not None and not packed.scheme.trains:
        yield Fault(
            "model",
            Text(
                f"nothing can be trained over weights that are quantized so ({packed.words.en}); take the model that is not "
                "quantized",
                f"这种量化的权重（{packed.words.zh}）无法用于训练；请改用未量化的模型",
            ),
        )
    elif packed is not None and not method.over_quantized:
        others = [name for name, other in METHODS.all().items() if other.over_quantized]
        yield Fault(
            "method",
            Text(
                f"given {recipe.method.name}; the model's weights are quantized already ({packed.words.en}), over which only "
                f"adapters can learn: accepted is {', '.join(others)}, or the model that is not quantized",
                f"现为 {recipe.method.name}；模型的权重已经过量化（{packed.words.zh}），只能在其上训练适配器：可选 {'、'.join(others)}，"
                "或改用未量化的模型",
            ),
        )
    yield from _size_faults(recipe, recipe.method.options, facts)


def _size_faults(recipe: TrainRecipe, options: Options, facts: ModelFacts) -> Iterator[Fault]:
    if isinstance(options, AdapterOptions) and facts.hidden and options.rank > facts.hidden:
        yield Fault(
            "method.rank",
            Text(
                f"given {options.rank}; more than the model's width adds nothing: accepted here is {facts.hidden} or less, "
                "usual 8 to 64",
                f"现为 {options.rank}；超过模型宽度没有意义：这里应不大于 {facts.hidden}，常用 8 到 64",
            ),
        )
    if facts.context and recipe.max_length > facts.context:
        yield Fault(
            "max_length",
            Text(
                f"given {recipe.max_length}; the model was made for {facts.context} tokens: accepted here is {facts.context} "
                "or less",
                f"现为 {recipe.max_length}；模型的上下文长度为 {facts.context} 个 token：这里应不大于 {facts.context}",
            ),
        )


def row_faults(recipe: TrainRecipe, dataset: Path, facts: ModelFacts | None) -> Iterator[Fault]:
    """Yield what is wrong with the rows as far as the first of them tell, without turning one into tokens."""
    if recipe.evaluate_every and rows_of(dataset, "val") == 0:
        field = called(TrainRecipe, "evaluate_every")
        yield Fault(
            "evaluate_every",
            Text(
                f"the dataset has no validation rows: leave {field.en} empty, or make the dataset with a share for them",
                f"数据集没有验证集：请将{field.zh}留空，或在制作数据集时划出验证集",
            ),
        )
    options = recipe.objective.options
    if not isinstance(options, LessonOptions):
        return
    rows = [row for row, _ in zip(iter_rows(dataset, "train"), range(_LOOKED_AT), strict=False)]
    turns = [list(lesson(row, options, recipe.seed).turns) for row in rows]
    answered = [said for said in turns if _first_answer(said)]
    if rows and not answered:
        whole = len(rows) == rows_of(dataset, "train")
        en = "none of its training rows has" if whole else f"none of its first {len(rows)} training rows has"
        zh = "训练集中没有一行" if whole else f"训练集的前 {len(rows)} 行都没有"
        yield Fault(
            "dataset",
            Text(
                f"{en} an answer to learn from: all of their words would be masked. Give its recipe the column of answers",
                f"{zh}可学习的回答：所有文字都会被屏蔽。请在数据集的配方中指明回答所在的列",
            ),
        )
    if facts is None or not answered:
        return
    template = wording(facts, recipe.template, recipe.thinking) or facts.template
    reasons = [reason for said in answered if (reason := _refusal(template, said, facts)) is not None]
    if template and len(reasons) == len(answered):
        yield Fault("template", _refused(reasons[0]))


def _first_answer(turns: list[Message]) -> int:
    """Return the place of the first answer to something; 0 where there is none."""
    return next((at for at, turn in enumerate(turns) if at and turn.role == "assistant" and turn.content.strip()), 0)


def _refusal(template: str, turns: list[Message], facts: ModelFacts) -> str | None:
    """Return why a template cannot show a conversation, empty where it shows it otherwise than it would ask; else None."""
    names = facts.tokenizer.names
    at = _first_answer(turns)
    try:
        asked = render(template, turns[:at], names, prompt=True)
        return None if render(template, turns[: at + 1], names, prompt=False).startswith(asked) else ""
    except TemplateError as error:
        return error.message or type(error).__name__
    except REFUSES as error:
        return str(error) or type(error).__name__


def _refused(reason: str) -> Text:
    if reason:
        return Text(
            f"the chat template refuses the dataset's conversations: {reason}. Choose another template",
            f"对话模板不接受数据集中的对话：{reason}。请换用其他模板",
        )
    return Text(
        "the chat template begins every answer with words of its own, as that of a model which always thinks: the dataset's "
        "answers have none. Turn thinking off where there is a switch, or choose another template",
        "对话模板会在每个回答前加入自己的内容（如“总是先思考”的模型），而数据集的回答没有这些内容。请关闭思考模式（如有开关），或换用其他模板",
    )


def remarks(recipe: TrainRecipe) -> Iterator[Text]:
    """Yield what will run and hardly give what its user hopes for."""
    usual = METHODS.load(recipe.method.name).highest_rate
    if usual is not None and recipe.learning_rate > usual:
        rate, method = called(TrainRecipe, "learning_rate"), METHODS.load(recipe.method.name).title
        yield Text(
            f"{rate.en} is {recipe.learning_rate:g}, high for {method.en}: the model may forget what it knows. Usual are 1e-5 to "
            f"{usual:g}.",
            f"{rate.zh}为 {recipe.learning_rate:g}，对{method.zh}训练偏高，模型可能遗忘原有知识；常用 1e-5 到 {usual:g}。",
        )
