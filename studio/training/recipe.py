"""How a model learns from a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from studio.core.choice import Choice, Chosen
from studio.core.errors import Fault
from studio.core.option import called, option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.models.templates import OWN, TEMPLATES
from studio.runs.launchers import LAUNCHERS
from studio.training.llamafactory import KEYS
from studio.training.methods import METHODS
from studio.training.objectives import OBJECTIVES
from studio.training.trackers import TRACKERS
from studio.training.wording import Thoughts, template_option, thinking_option

_ADAPTERS = ("rank", "alpha", "dropout")


class TrainRecipe(Recipe):
    """Fine-tune a model."""

    renamed: ClassVar[Mapping[str, str]] = {name: f"method.{name}" for name in _ADAPTERS}

    elsewhere: ClassVar[Mapping[str, str]] = KEYS

    kind: Literal["train"] = "train"
    model: str = option(
        "smollm2-135m-instruct",
        label=Text("Base model", "基础模型"),
        help=Text(
            "A model's name, its folder, or its hub id once fetched.", "模型名称、模型文件夹，或已获取模型的 Hub ID。"
        ),
        refers="model",
    )
    continues: str = option(
        "",
        label=Text("Continue", "接着训练"),
        help=Text(
            "A finished training of the same model and method, or one of its checkpoints: its weights and its optimizer are gone "
            "on with, for so many further epochs, on the same rows or on others. Empty: begin anew.",
            "填写同一模型、同一方法的已完成训练，或它的某个检查点：沿用其权重和优化器状态，再训练这么多轮，数据可以相同也可以不同。留空则从头训练。",
        ),
        refers="model",
        advanced=True,
    )
    dataset: str = option(
        ...,
        label=Text("Dataset", "数据集"),
        help=Text("The name of a finished dataset.", "已完成的数据集名称。"),
        refers="dataset",
    )
    rows: int | None = option(
        None,
        label=Text("Training rows", "训练行数"),
        help=Text(
            "Train on so many rows of the training split; a smaller number is part of a larger one. Empty: all.",
            "只用训练集中的这么多行；较小的子集总包含在较大的子集中。留空则全部使用。",
        ),
        ge=1,
        advanced=True,
    )
    method: Annotated[Chosen, Choice(METHODS)] = option(
        "lora", label=Text("Method", "微调方法"), help=Text("Which weights learn.", "训练哪些参数。")
    )
    objective: Annotated[Chosen, Choice(OBJECTIVES)] = option(
        "sft", label=Text("Objective", "训练目标"), help=Text("What is learned.", "学习什么。"), advanced=True
    )
    template: Annotated[str, Choice(TEMPLATES, (OWN,))] = template_option()
    thinking: Thoughts = thinking_option()
    epochs: float = option(
        3.0,
        label=Text("Epochs", "训练轮数"),
        help=Text("How many times the model goes through the training rows.", "完整遍历训练数据的次数。"),
        gt=0,
        allow_inf_nan=False,
    )
    max_steps: int | None = option(
        None,
        label=Text("Stop after steps", "最多步数"),
        help=Text("Stop after this many optimizer steps, even if epochs remain.", "训练到这个步数即停止，优先于轮数。"),
        ge=1,
    )
    learning_rate: float = option(
        2e-4,
        label=Text("Learning rate", "学习率"),
        help=Text(
            "Peak learning rate; 1e-4 to 1e-3 for LoRA, 1e-5 for full.",
            "峰值学习率；LoRA 用 1e-4 到 1e-3，全参数用 1e-5。",
        ),
        gt=0,
        le=1,
    )
    batch_size: int = option(
        8,
        label=Text("Batch size", "批大小"),
        help=Text("Rows in one forward pass.", "每次前向计算的样本数。"),
        ge=1,
    )
    accumulate: int = option(
        1,
        label=Text("Gradient accumulation", "梯度累积"),
        help=Text("Batches gathered into one optimizer step.", "累积多少批后更新一次参数。"),
        ge=1,
        advanced=True,
    )
    max_length: int = option(
        512,
        label=Text("Longest row", "最大长度"),
        help=Text(
            "Tokens of a row. A longer one loses the end of its answer; where less than a quarter of the length is left "
            "for the answer, its prompt loses the beginning of its text.",
            "每行最多多少个 token。超出时截去回答的结尾；若留给回答的不足四分之一，则截去提问开头的文字。",
        ),
        ge=16,
        advanced=True,
        told_by="lengths",
    )
    warmup: float = option(
        0.03,
        label=Text("Warm-up", "预热"),
        help=Text("Share of the steps over which the learning rate rises.", "学习率预热步数占总步数的比例。"),
        ge=0,
        lt=1,
        advanced=True,
    )
    save_memory: bool = option(
        False,
        label=Text("Save memory", "节省内存"),
        help=Text(
            "Compute activations again instead of keeping them: less memory, about a third slower.",
            "不保存激活值，需要时重新计算：更省内存，速度约慢三分之一。",
        ),
        advanced=True,
    )
    checkpoint_minutes: float | None = option(
        10.0,
        label=Text("Checkpoint every (minutes)", "检查点间隔（分钟）"),
        help=Text(
            "Minutes between checkpoints; a stopped or killed run resumes from the newest. Empty: only by steps.",
            "每隔多少分钟保存一次检查点；停止或中断的运行会从最新的检查点继续。留空则只按步数保存。",
        ),
        gt=0,
        advanced=True,
    )
    checkpoint_every: int | None = option(
        None,
        label=Text("Checkpoint every (steps)", "检查点间隔（步）"),
        help=Text("Optimizer steps between checkpoints, beside those by minutes.", "每隔多少步另外保存一次检查点。"),
        ge=1,
        advanced=True,
    )
    keep: int = option(
        2,
        label=Text("Checkpoints kept", "保留检查点数"),
        help=Text(
            "So many of the last stay, beside the best and those that somebody keeps.",
            "保留最近的几个；验证最优的和手动保留的不计在内。",
        ),
        ge=1,
        advanced=True,
    )
    keep_optimizer: bool = option(
        True,
        label=Text("Keep the optimizer", "保留优化器状态"),
        help=Text(
            "Keep it of the last step when the training is finished, so that it can be continued for more epochs. Of a full "
            "training it takes twice the space of the weights.",
            "训练完成后保留最后一步的优化器状态，以便继续训练更多轮。全参数训练时，它占用的空间是权重的两倍。",
        ),
        advanced=True,
    )
    evaluate_every: int | None = option(
        None,
        label=Text("Validate every", "验证间隔"),
        help=Text(
            "Steps between losses on the validation rows; empty: once, at the end.",
            "每隔多少步计算一次验证损失；留空则只在结束时计算。",
        ),
        ge=1,
        advanced=True,
    )
    best_by: str = option(
        "eval_loss",
        label=Text("Best by", "最优依据"),
        help=Text("The metric of the validations by which a checkpoint is the best.", "用哪个验证指标判断最优检查点。"),
        advanced=True,
    )
    patience: int | None = option(
        None,
        label=Text("Patience", "早停耐心"),
        help=Text(
            "End after so many validations in a row that were no better than the best. Empty: never.",
            "连续这么多次验证没有变好就提前结束。留空则不提前结束。",
        ),
        ge=1,
        advanced=True,
    )
    result: Literal["last", "best"] = option(
        "last",
        label=Text("Resulting model", "最终模型"),
        help=Text(
            "Whether the model is that of the last step, or of the best validation.",
            "最终模型取最后一步的，还是验证最优的。",
        ),
        names={"last": Text("last step", "最后一步"), "best": Text("best by validation", "验证最优")},
        advanced=True,
    )
    trackers: list[Annotated[Chosen, Choice(TRACKERS)]] = option(
        [],
        label=Text("Trackers", "指标记录"),
        help=Text("Where the figures go besides this page.", "指标除本页外还记录到哪里。"),
        advanced=True,
    )
    launcher: Annotated[Chosen, Choice(LAUNCHERS)] = option(
        "local",
        label=Text("Launcher", "启动方式"),
        help=Text("How the training's process is started.", "怎样启动训练进程。"),
        advanced=True,
    )
    seed: int = option(
        42,
        label=Text("Seed", "随机种子"),
        help=Text("Same seed, same order of rows.", "种子相同，则数据顺序相同。"),
        ge=0,
        advanced=True,
    )

    @classmethod
    def today(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values; what an older studio wrote out of `full` holds all of the adapters' options, which meant
        nothing there. Whoever writes one of them by hand means something, and is told."""
        written_out = values.get("method") == "full" and all(key in values for key in _ADAPTERS)
        return super().today({key: value for key, value in values.items() if not (written_out and key in _ADAPTERS)})

    def conflicts(self) -> list[Fault]:
        """Return a fault for what is to be decided by validations that there will not be."""
        judged, every = OBJECTIVES.load(self.objective.name).judged, called(type(self), "evaluate_every")
        faults = []
        if self.best_by not in judged:
            names = ", ".join(judged)
            words = Text(
                f"this objective's validations measure no '{self.best_by}'; accepted: {names}",
                f"这个训练目标的验证没有指标“{self.best_by}”；可用：{names}",
            )
            faults.append(Fault("best_by", words))
        words = Text(
            f"it goes by validations during the training; say how often in {every.en}",
            f"它依据训练中的验证；请在{every.zh}中填写多久验证一次",
        )
        wanting = {"patience": self.patience is not None, "result": self.result == "best"}
        return faults + [
            Fault(field, words) for field, wants in wanting.items() if wants and self.evaluate_every is None
        ]


class LengthsRecipe(Recipe):
    """Measure how long a dataset's rows are as a model sees them."""

    kind: Literal["lengths"] = "lengths"
    model: str = option(
        "smollm2-135m-instruct",
        label=Text("Base model", "基础模型"),
        help=Text("The model whose tokenizer and chat template show the rows.", "用哪个模型的分词器和对话模板来统计。"),
        refers="model",
    )
    dataset: str = option(
        ...,
        label=Text("Dataset", "数据集"),
        help=Text("The name of a finished dataset, or its folder.", "已完成的数据集名称，或其文件夹。"),
        refers="dataset",
    )
    objective: Annotated[Chosen, Choice(OBJECTIVES)] = option(
        "sft",
        label=Text("Objective", "训练目标"),
        help=Text("As the training is to have it: it words the rows.", "与训练时相同：它决定数据行的表述方式。"),
        advanced=True,
    )
    template: Annotated[str, Choice(TEMPLATES, (OWN,))] = template_option()
    thinking: Thoughts = thinking_option()
    seed: int = option(
        42,
        label=Text("Seed", "随机种子"),
        help=Text("As the training is to have it: it shuffles options.", "与训练时相同：它决定选项的打乱方式。"),
        ge=0,
        advanced=True,
    )
