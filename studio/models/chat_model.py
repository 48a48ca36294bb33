"""Whether a folder holds a model that can be talked to here; opens no weights."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import InputError
from studio.core.modelcard import is_adapter, is_embedder
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.models.facts import ModelFacts, whole_facts
from studio.models.folder import base_of, check_folder
from studio.models.tokenizer_files import TokenizerFiles

_NO_ANSWERS = Text("this is an embedding model; it cannot answer", "这是向量模型，不能回答问题")


def check_chat_model(path: Path, workspace: Workspace, embeds: Text = _NO_ANSWERS) -> None:
    """Check that a folder holds a model that can be talked to: `require_language_model`, and a chat template.

    Raises:
        InputError: it does not, and why.
    """
    facts = require_language_model(path, workspace, embeds)
    if not facts.template:
        raise without_template(path)


def without_template(path: Path) -> InputError:
    """Return the error for a base model where one is wanted that knows how a conversation is written."""
    return InputError(
        Text(
            "the tokenizer has no chat template: this is a base model, which was taught to continue texts only",
            "分词器没有对话模板：这是只学过续写文本的基座模型",
        ),
        Text(
            "Use its -Instruct version, or fine-tune it with a template of your choice (`template: chatml`).",
            "请使用它的 -Instruct 版本，或选定对话模板后先微调（`template: chatml`）。",
        ),
        str(path),
    )


def require_language_model(path: Path, workspace: Workspace, embeds: Text = _NO_ANSWERS) -> ModelFacts:
    """Return the facts of a model that continues texts and that this machine has all to load; an adapter's with its base.

    Args:
        embeds: what is said of an embedding model.

    Raises:
        InputError: it is an embedding model or another that does not answer, has no tokenizer, is packed in a way that
            nothing here can load, its weights are damaged, or it is an adapter whose base is gone or another.
    """
    if is_embedder(path):
        raise InputError(embeds, None, str(path))
    check_folder(path)
    if is_adapter(path):
        check_folder(base_of(workspace, path).path)
    facts = whole_facts(workspace, path)
    if not facts.answers:
        raise InputError(
            Text(
                f"this model answers no questions: it is a {facts.architecture}",
                f"这个模型不能回答问题：它的架构是 {facts.architecture}",
            ),
            Text(
                "Accepted are models that write text: their config.json names an architecture like Qwen2ForCausalLM.",
                "需要能生成文本的模型，其 config.json 中的架构名形如 Qwen2ForCausalLM。",
            ),
            str(path),
        )
    _require_tokenizer(facts.tokenizer, path)
    _require_loader(facts, path)
    _require_fit(facts, path)
    return facts


def _require_tokenizer(tokenizer: TokenizerFiles, path: Path) -> None:
    if not tokenizer.present:
        raise InputError(
            Text("the model folder holds no tokenizer (tokenizer.json)", "模型文件夹里没有分词器（tokenizer.json）"),
            Text(
                "Fetch the model again, or copy tokenizer.json and tokenizer_config.json into its folder.",
                "请重新获取模型，或把 tokenizer.json 和 tokenizer_config.json 拷入它的文件夹。",
            ),
            str(path),
        )


def _require_loader(facts: ModelFacts, path: Path) -> None:
    """Raise InputError where the packages that unpack a quantized model's weights are not installed."""
    packed = facts.quantization
    missing = packed.scheme.missing() if packed is not None else []
    if packed is not None and missing:
        raise InputError(
            Text(
                f"its weights are quantized ({packed.words.en}); loading them needs {' and '.join(missing)}, not installed here",
                f"它的权重经过量化（{packed.words.zh}），加载需要 {'、'.join(missing)}，而这里没有安装",
            ),
            Text(
                f"Run `{packed.scheme.install}`, or use the model that is not quantized.",
                f"请运行 `{packed.scheme.install}`，或改用未量化的模型。",
            ),
            str(path),
        )


def _require_fit(facts: ModelFacts, path: Path) -> None:
    """Raise InputError for an adapter that was trained over another model than the one that is here."""
    if facts.adapter is None:
        return
    for layer, given in facts.adapter.sides.items():
        here = facts.layers_by_name.get(layer)
        if facts.layers_by_name and here != given:
            shape = f"{here[0]} × {here[1]}" if here else "-"
            raise InputError(
                Text(
                    f"this adapter was trained over another model: its {layer} is {given[0]} × {given[1]}, the base's {shape}",
                    f"这个适配器是在另一个模型上训练的：它的 {layer} 为 {given[0]} × {given[1]}，而基础模型为 {shape}",
                ),
                Text(
                    f"Bring back the base that it was trained over ({facts.adapter.base or '-'}), or train it anew.",
                    f"请恢复训练它时的基础模型（{facts.adapter.base or '-'}），或重新训练。",
                ),
                str(path),
            )
