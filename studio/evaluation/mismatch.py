"""What an evaluation would hardly tell: questions in one language and who answers in another, questions that were learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from studio.core.errors import InputError
from studio.core.modelcard import find_model_folder
from studio.core.scripts import NAMES
from studio.core.text import Language, Text
from studio.core.vocabulary import reads_han
from studio.core.workspace import Workspace
from studio.knowledge.language import embeds_across, embeds_han, passages_language
from studio.knowledge.manifest import Manifest


def mismatches(
    workspace: Workspace, asked: Language | None, models: Mapping[str, Path], name: str, knowledge: Path | None
) -> Iterator[Text]:
    """Yield what will run, and yet tell little, because of a language.

    Args:
        asked: the language of the questions; None where they are mixed: then nothing is said.
        models: the folders of those that are asked, by name.
        name: what the knowledge base is called.
        knowledge: its folder; None where nothing is retrieved.
    """
    if asked is None:
        return
    language = NAMES[asked]
    unread = [model for model, folder in models.items() if reads_han(folder) is False] if asked == "zh" else []
    if unread:
        yield Text(
            f"The questions are in {language.en}, which {_listed(unread).en} hardly "
            f"{'read' if len(unread) > 1 else 'reads'}: expect guesses. Take a model that knows the language, such as Qwen2.5.",
            f"题目是{language.zh}，而 {_listed(unread).zh} 基本不懂{language.zh}（词表里几乎没有汉字），回答多半是猜的。"
            f"请换用懂{language.zh}的模型，例如 Qwen2.5。",
        )
    if knowledge is not None:
        yield from _of_knowledge(workspace, asked, name, knowledge)


def learned_from(model: str, dataset: str) -> Text:
    """Return what to say where the questions are the very rows that a model was trained on."""
    return Text(
        f"{model} was trained on these very questions (the training split of {dataset}): the figures will tell what it "
        "remembers, not what it can do. Choose the test split.",
        f"{model} 正是用这些题目（{dataset} 的训练集）训练的：成绩只反映它记住了多少，不代表真实能力。请改用测试集。",
    )


def known_leaks(model: str, found: int, questions: int, report: str) -> Text:
    """Return what to say where a leak report tells how many of the questions a model was trained on."""
    return Text(
        f"{found:,} of these {questions:,} questions also stand in what {model} was trained on (leak check {report}). The "
        "report will give the figures without them as well.",
        f"这 {questions:,} 道题中，有 {found:,} 道也出现在 {model} 的训练数据中（见泄漏检查 {report}）。评测报告会另外给出去除这些题目后的成绩。",
    )


def _of_knowledge(workspace: Workspace, asked: Language, name: str, folder: Path) -> Iterator[Text]:
    held = passages_language(folder)
    if held is None:
        return
    embedder = _embedder(workspace, folder)
    question, passage = NAMES[asked], NAMES[held]
    if held != asked and (embedder is None or not embeds_across(embedder)):
        yield Text(
            f"The questions are in {question.en}, the knowledge base '{name}' in {passage.en}: hardly any passage will fit. "
            f"Take a knowledge base in {question.en}, or leave out the modes that retrieve.",
            f"题目是{question.zh}，而知识库“{name}”是{passage.zh}：几乎检索不到相关的段落。"
            f"请换用{question.zh}知识库，或去掉需要检索的提问方式。",
        )
    elif held == asked == "zh" and embedder is not None and not embeds_han(embedder):
        yield Text(
            f"The knowledge base '{name}' is in Chinese, and its embedding model reads none: passages are found by their words "
            "alone. Build it again with BAAI/bge-small-zh-v1.5 to find them by meaning as well.",
            f"知识库“{name}”是中文，而它的向量模型不懂中文，只能按关键词检索。"
            "如需按语义检索，请用 BAAI/bge-small-zh-v1.5 重新构建。",
        )


def _embedder(workspace: Workspace, folder: Path) -> Path | None:
    try:
        entry = Manifest.load(folder).embedder
        place = workspace.path(entry.path)
    except InputError:
        return None
    return place if place.is_dir() else find_model_folder(workspace, entry.given)


def _listed(names: list[str]) -> Text:
    return Text(" and ".join(filter(None, (", ".join(names[:-1]), names[-1]))), "、".join(names))
