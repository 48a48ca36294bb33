"""The turns of a conversation, however files write them: messages, ShareGPT, lists of texts, a history of pairs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from studio.core.records import Message, Role
from studio.core.text import Text
from studio.data.roles import folded
from studio.data.row_view import SPEAKER_KEYS, BadRow, text_of
from studio.data.thought import joined as with_thought

_SPEAKERS: Mapping[str, Role] = {
    **dict.fromkeys(("user", "human", "patient", "client", "input", "instruction", "患者", "咨询者", "customer", "prompter", "query", "question", "问", "患者", "病人", "用户", "家属"), "user"),
    **dict.fromkeys(("assistant", "gpt", "doctor", "bot", "output", "ai", "moss", "回答", "model", "chatgpt", "bing", "answer", "response", "physician", "答", "医生", "医师", "大夫", "助手", "functioncall", "toolcall"), "assistant"),
    **dict.fromkeys(("tool", "observation", "function", "functionresponse", "toolresponse", "ipython"), "user"),
    **dict.fromkeys(("system", "developer", "系统"), "system"),
}  # fmt: skip
_TOOL = frozenset(
    {"functioncall", "toolcall", "tool", "observation", "function", "functionresponse", "toolresponse", "ipython"}
)
_SPOKEN = re.compile(r"\s*(?:#{2,4}\s*)?([A-Za-z_]{2,12}|[\u4e00-\u9fff]{1,3})\s*[:：]\s*", re.DOTALL)
_PARTED = re.compile(r"(?:^|\n\n)\s*(Human|Assistant|System)\s*:\s*")
_THOUGHT_PARTS = ("reasoning", "thinking")
_SAID_PARTS = ("text", "input_text", "output_text", "tool_call", "tool_result", *_THOUGHT_PARTS)
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_NO_MEDIA = Text(
    "the conversation holds images, sound or video, which are not supported",
    "对话中含有图片、音频或视频，目前不支持",
)


def turns_of(value: Any, whole: bool = True) -> tuple[Message, ...]:
    """Return the turns that a column holds.

    A list of records is taken by who speaks (`role`/`content`, `from`/`value`, `speaker`/`text`); a list of texts by
    `病人：…` in front of each, else in turn, the user first; a list of pairs is question and answer each.

    Args:
        whole: whether it is a conversation of its own, in which the user says something; not, what follows one.

    Raises:
        BadRow: nobody knows who speaks, or somebody speaks out of turn.
    """
    if isinstance(value, str):
        value = spoken(value)
    if isinstance(value, Mapping):  # a turn a key, as MOSS has them
        value = list(value.values())
    if not isinstance(value, list | tuple) or not value:
        raise BadRow(Text("the conversation is empty", "对话为空"))
    if all(isinstance(item, Mapping) for item in value):
        turns = [turn for item in value for turn in _records(item)]
    elif all(isinstance(item, list | tuple) and len(item) == 2 for item in value):
        turns = [turn for asked, said in value for turn in (("user", text_of(asked)), ("assistant", text_of(said)))]
    else:
        turns = _texts([text_of(item) for item in value])
    return joined(turns, whole)


def joined(turns: Sequence[tuple[str, str]], whole: bool = True) -> tuple[Message, ...]:
    """Return turns as a conversation: two of one speaker become one, and none is empty.

    Raises:
        BadRow: the user or the assistant says nothing at all.
    """
    merged: list[tuple[Role, str]] = []
    for speaker, content in turns:
        role = _role(speaker)
        if not content:
            continue
        said = f"[{folded(speaker)}]\n{content}" if folded(speaker) in _TOOL else content
        if merged and merged[-1][0] == role:
            merged[-1] = (role, f"{merged[-1][1]}\n{said}")
        else:
            merged.append((role, said))
    if whole and all(role != "user" for role, _ in merged):
        raise BadRow(Text("the user says nothing", "对话中没有用户的话"))
    return tuple(Message(role=role, content=content) for role, content in merged)


def answered(turns: Sequence[Message]) -> tuple[Message, ...]:
    """Return a conversation up to its last answer. Raises BadRow where there is none."""
    last = max((place for place, turn in enumerate(turns) if turn.role == "assistant"), default=-1)
    if last < 0:
        raise BadRow(Text("the assistant says nothing: there is no answer to learn", "对话中没有助手的回答，无法学习"))
    return tuple(turns[: last + 1])


def spoken(text: str) -> list[dict[str, str]]:
    """Return the turns of a text in which every turn begins with who speaks.

    >>> spoken("病人：头痛怎么办？\\n医生：多休息。")
    [{'role': '病人', 'content': '头痛怎么办？'}, {'role': '医生', 'content': '多休息。'}]
    """
    marks = list(_PARTED.finditer(text))
    if len(marks) > 1:  # what is said there may hold lines that look like turns
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        return [
            {"role": mark.group(1), "content": text[mark.end() : end].strip()}
            for mark, end in zip(marks, ends, strict=True)
        ]
    turns: list[dict[str, str]] = []
    for line in text.splitlines():
        match = _SPOKEN.match(line)
        if match and folded(match.group(1)) in _SPEAKERS:
            turns.append({"role": match.group(1), "content": line[match.end() :].strip()})
        elif turns and line.strip():
            turns[-1]["content"] = f"{turns[-1]['content']}\n{line.strip()}".strip()
    return turns


def _records(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the turns of a record; one with a question and an answer is two."""
    speaker = next((str(item[name]) for name in SPEAKER_KEYS if item.get(name)), "")
    if speaker:
        names = ("content", "value", "text", "utterance", "message", "sentence", "内容")
        content = next((_content(item[name]) for name in names if item.get(name) is not None), "")
        thought = next((text_of(item[name]) for name in _THOUGHTS if item.get(name)), "")
        call = next((item[name] for name in ("tool_calls", "function_call") if item.get(name)), None)
        if call is not None:  # what the assistant calls, as data
            written = call if isinstance(call, str) else json.dumps(call, ensure_ascii=False)
            content = "\n".join(filter(None, (content, f"[{folded('tool_calls')}]\n{written}")))
        return [(speaker, with_thought(thought, content))]
    known = [(str(key), _content(said)) for key, said in item.items() if folded(str(key)) in _SPEAKERS]
    if known:
        return known
    raise BadRow(
        Text(
            f"a turn does not say who speaks: its fields are {', '.join(map(str, item))}",
            f"有一轮对话没有说明是谁说的：字段为 {'、'.join(map(str, item))}",
        ),
        Text("a turn does not say who speaks", "有一轮对话没有说明是谁说的"),
    )


def _content(value: Any) -> str:
    """Return what is said; of parts, the texts. Raises BadRow at an image."""
    if isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        sorts = [str(part.get("type", "text")) for part in value]
        if any(sort not in _SAID_PARTS for sort in sorts):
            raise BadRow(_NO_MEDIA)
        texts = [text_of(part.get("text", part.get("value", part.get("content")))) for part in value]
        thought = "\n".join(text for sort, text in zip(sorts, texts, strict=True) if sort in _THOUGHT_PARTS)
        said = "\n".join(text for sort, text in zip(sorts, texts, strict=True) if text and sort not in _THOUGHT_PARTS)
        return with_thought(thought, said)
    return text_of(value)


def _texts(texts: Sequence[str]) -> list[tuple[str, str]]:
    marks = [_SPOKEN.match(text) for text in texts]
    if all(mark and folded(mark.group(1)) in _SPEAKERS for mark in marks):
        return [(mark.group(1), text[mark.end() :].strip()) for mark, text in zip(marks, texts, strict=True) if mark]
    return [("user" if place % 2 == 0 else "assistant", text) for place, text in enumerate(texts)]


def _role(speaker: str) -> Role:
    role = _SPEAKERS.get(folded(speaker))
    if role is None:
        raise BadRow(
            Text(
                f"the speaker {speaker[:40]!r} is not known; known are user, assistant, system, 病人, 医生 and their like",
                f"不认识说话者“{speaker[:40]}”；可识别的有 user、assistant、system、病人、医生等",
            ),
            Text("a speaker is not known", "说话者无法识别"),
        )
    return role
