"""What a column of a raw row can mean, and by which names files call it.

A role that is *telling* changes what a row means: a row whose telling columns no layout uses would be turned into
something it is not. Such a column is asked about, and never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from studio.core.text import Text


@dataclass(frozen=True)
class Role:
    """A meaning of a column.

    Args:
        title: what a user calls it.
        names: the names that files give it, the clearest first: of several in one row, the first is read.
        telling: whether a row would mean something else without it.
    """

    title: Text
    names: tuple[str, ...]
    telling: bool = False


IGNORED = "ignore"
OPTION = "option"
"""The role of one option's column; `option B` is the second."""

ROLES: Mapping[str, Role] = {
    "question": Role(
        Text("Question", "问题"),
        ("question", "stem", "query", "ask", "instruction", "prompt", "q", "questions", "question_text", "body", "sent1", "problem",
         "human", "user", "patient", "qtext", "statement", "message", "question_content", "question_stem", "问题", "题目", "题干", "提问", "问", "患者", "病人", "试题", "题目内容",
         "问题内容", "提问内容", "咨询内容", "患者提问", "病人提问"),
    ),
    "input": Role(Text("Input, after the instruction", "输入（接在指令之后）"), ("input", "输入")),
    "title": Role(Text("Title", "标题"), ("title", "标题")),
    "options": Role(Text("All options", "全部选项"), ("options", "option", "choices", "选项", "endings", "answer_choices", "option_list", "answer_options", "choice_list", "选项列表", "备选项", "备选答案"), telling=True),
    "gold": Role(
        Text("Right option (letter or number)", "正确选项（字母或序号）"),
        ("answer_idx", "answer_index", "answer_letter", "answer_key", "correct_option", "correct_option_index", "correct_answer_idx", "cop", "ra", "target_idx", "gold_index", "correct_index", "correct", "correct_choice", "correct_letter",
         "correct_answer_letter", "answer_label", "answer_option", "right_option", "gold_label", "正确选项", "答案选项", "答案字母"),
        telling=True,
    ),
    "answer": Role(
        Text("Answer", "答案"),
        ("answer", "output", "response", "reply", "completion", "target", "answers", "anwer", "gold", "free_form_answer", "long_answer", "ideal_answer",
         "correct_answer", "right_answer", "best_answer", "reference_answer", "solution", "assistant", "doctor", "gpt", "raw_answer", "raw_anwser",
         "gold_answer", "ground_truth", "expected_output", "final_answer", "ans", "doctor_response", "physician_response",
         "答案", "回答", "答", "回复", "答复", "正确答案", "参考答案", "标准答案", "医生", "回答内容", "回复内容", "医生回答", "医生回复", "医生答复"),
    ),
    "decision": Role(Text("Yes, no or maybe", "是、否或不确定"), ("final_decision", "decision"), telling=True),
    "explanation": Role(Text("Explanation", "解析"), ("explanation", "rationale", "exp", "analysis", "explain", "justification", "解析", "解释", "答案解析", "试题解析")),
    "thought": Role(
        Text("Chain of thought", "思维链"),
        ("thought", "think", "thinking", "reasoning", "reasoning_content", "complex_cot", "cot", "chain_of_thought", "reasoning_process", "think_content", "long_cot", "思考", "思考过程", "思维链", "推理", "推理过程"),
        telling=True,
    ),
    "context": Role(
        Text("Context", "上下文"),
        ("context", "contexts", "passage", "passages", "snippets", "evidence", "evidences", "abstract", "background", "paragraph", "article", "reference_context", "retrieved_contexts", "材料", "上下文", "背景", "参考资料", "段落"),
        telling=True,
    ),
    "history": Role(Text("Earlier turns", "历史对话"), ("history", "dialog_history", "chat_history", "历史", "历史对话"), telling=True),
    "system": Role(Text("System prompt", "系统提示词"), ("system", "system_prompt", "system_message", "meta_instruction", "系统", "系统提示", "系统提示词"), telling=True),
    "messages": Role(
        Text("Turns of a conversation", "多轮对话"),
        ("messages", "conversations", "conversation", "dialogue", "dialog", "dialogs", "turns", "utterances", "chat", "dialogues", "data", "对话", "对话内容", "多轮对话", "问诊对话"),
        telling=True,
    ),
    "chosen": Role(
        Text("Better answer", "较优回答"),
        ("chosen", "response_chosen", "chosen_response", "answer_chosen", "chosen_messages", "preferred", "preferred_response", "better", "better_response", "较优回答", "优选回答"),
        telling=True,
    ),
    "rejected": Role(
        Text("Worse answer", "较差回答"),
        ("rejected", "response_rejected", "rejected_response", "rejected_responses", "answer_rejected", "rejected_messages", "dispreferred", "dispreferred_response",
         "worse", "worse_response", "较差回答", "拒绝回答"),
        telling=True,
    ),
    "verdict": Role(
        Text("Whether the answer is good, or its score", "回答的好坏或得分"),
        ("label", "score", "scores", "rating", "quality", "is_correct", "is_good", "verdict", "kto_tag", "kto_label", "desirable", "correctness", "reward", "rewards", "feedback", "标签", "评分", "得分", "打分", "是否正确"),
        telling=True,
    ),
    "candidate": Role(Text("One of several answers", "多个回答之一"), (), telling=True),
    OPTION: Role(Text("One option", "单个选项"), (), telling=True),
    "cases": Role(Text("Several questions on one case", "同一病例的多道题"), ("qa_pairs", "qas", "qa", "question_answer_pairs", "sub_questions", "qa_list", "paragraphs", "小题", "问答对"), telling=True),
    "description": Role(Text("Description of the case", "病例描述"), ("description", "case", "case_description", "clinical_case", "patient_info", "病例", "病历", "病情描述", "病史", "主诉")),
    "criteria": Role(Text("What an answer must have", "评分要点"), ("must_have", "must_haves", "rubrics", "rubric", "criteria", "key_points", "checklist", "评分要点", "得分点", "采分点"), telling=True),
    "optional_criteria": Role(Text("What an answer may have", "可选要点"), ("nice_to_have",)),
    "tools": Role(Text("Tools", "工具"), ("tools", "functions", "tool_definitions"), telling=True),
    "media": Role(Text("Images, sound or video", "图片、音频或视频"), ("image", "images", "image_path", "videos", "video", "audios", "audio", "image_url", "image_paths", "img", "图片", "图像"), telling=True),
    "accepted": Role(Text("Short answers that count as well", "同样算对的简短答案"), ("accepted", "aliases", "synonyms", "exact_answer", "short_answers", "answer_aliases")),
    "id": Role(Text("Number", "编号"), ("id", "qid", "question_id", "uid", "pubid", "pmid", "idx", "index", "unnamed: 0", "", "prompt_id", "uuid", "case_id", "sample_id", "dialogue_id", "conversation_id", "编号", "序号", "题号")),
    "group": Role(Text("Label that reports are broken down by", "报告分组标签"), ("group", "meta_info")),
    "department": Role(Text("Department or subject", "科室或学科"), ("department", "clinical_department", "subject_name", "subject", "specialty", "exam_subject", "body_system", "cate1", "科室", "学科", "专科")),
    "discipline": Role(Text("Discipline", "医学学科"), ("medical_discipline", "discipline", "专业")),
    "disease": Role(Text("Disease group", "疾病类别"), ("disease_group", "disease", "related_diseases", "疾病", "疾病类别", "病种")),
    "competency": Role(Text("Area of competency", "能力维度"), ("area_of_competency", "competency", "能力维度", "考查能力")),
    "topic": Role(Text("Topic", "知识点"), ("topic_name", "知识点", "考点")),
    "exam": Role(Text("Exam", "考试"), ("exam_class", "exam_type", "exam", "exam_name", "考试", "考试类型")),
    "level": Role(Text("Difficulty", "难度"), ("level", "difficulty", "difficulty_level", "难度", "难度等级")),
    "year": Role(Text("Year", "年份"), ("year", "年份", "年度")),
    "type": Role(Text("Type of question", "题型"), ("type", "question_type", "choice_type", "task_type", "medical_task", "qtype", "category", "类型", "题型", "类别")),
}  # fmt: skip
LABELS = ("department", "discipline", "disease", "competency", "topic", "exam", "level", "year", "type")
"""The roles that are kept with a row as its labels."""

_OPTION = re.compile(r"(?:option|options|opt|op|choice|ending|选项)([a-j]|[0-9])|([a-j])选项")
_LETTER = re.compile(r"[a-j]")
_CANDIDATE = re.compile(
    r"(?:answer|response|output|reply)s?(?:from|by)?"
    r"(?!type|id|len|start|end|time|date|source|url|model|score|token|count|lang|format|categor)[a-z0-9]+"
    r"|[a-z0-9]+(?:answer|response|output|reply)s?"
)
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)  # the same few names come with every row
def folded(name: str) -> str:
    """Return a column's name without case, blanks, signs and what stands in brackets.

    >>> folded("Complex_CoT"), folded("reasoning (reasoning_content)")
    ('complexcot', 'reasoning')
    """
    bare = re.sub(r"[(（].*?[)）]", "", name)
    return _NOT_WORD.sub("", (bare if bare.strip() else name).casefold())


_ROLE_OF: dict[str, tuple[str, int]] = {
    folded(spelling): (name, rank) for name, role in ROLES.items() for rank, spelling in enumerate(role.names)
}


def named_roles(columns: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the role of each column that has one, by its name and by those beside it.

    Args:
        given: roles that the recipe gives to columns, which stand above their names.

    >>> named_roles(["id", "question", "A", "B", "answer", "note"])
    {'id': 'id', 'question': 'question', 'A': 'option A', 'B': 'option B', 'answer': 'answer'}
    >>> named_roles(["a", "question"])
    {'question': 'question'}
    """
    roles: dict[str, str] = {}
    given = given or {}
    names = {column: folded(column) for column in columns}
    letters = {name for name in names.values() if _LETTER.fullmatch(name)}
    candidates = [column for column, name in names.items() if name not in _ROLE_OF and _CANDIDATE.fullmatch(name)]
    sorts = {_ROLE_OF[name][0] for name in names.values() if name in _ROLE_OF}
    has_answer = "answer" in given.values() or any(_ROLE_OF.get(name, ("",))[0] == "answer" for name in names.values())
    for column, name in names.items():
        option = _OPTION.fullmatch(name)
        if column in given:
            roles[column] = given[column]
        elif name == "answers" and "gold" in sorts and "options" not in sorts:
            roles[column] = "options"  # HEAD-QA: what may be answered, and which of it is right
        elif name in _ROLE_OF:
            roles[column] = _ROLE_OF[name][0]
        elif name == "a" and "q" in names.values() and "b" not in letters:
            roles[column] = "answer"
        elif option or (name in letters and {"a", "b"} <= letters):
            roles[column] = f"{OPTION} {_letter(option.group(1) or option.group(2) if option else name, names)}"
        elif column in candidates and not has_answer:
            roles[column] = "answer" if len(candidates) == 1 else "candidate"
    return roles


def rank(column: str) -> int:
    """Return the place of a column's name among those of its role; a name that none has comes first, as somebody gave it."""
    return _ROLE_OF.get(folded(column), ("", -1))[1]


def is_telling(role: str) -> bool:
    """Return whether a row would mean something else without a column of this role."""
    known = ROLES.get(OPTION if role.startswith(f"{OPTION} ") else role)
    return known is not None and known.telling


def title_of(role: str) -> Text:
    """Return what a user calls a role."""
    if role.startswith(f"{OPTION} "):
        letter = role.removeprefix(f"{OPTION} ")
        return Text(f"Option {letter}", f"选项 {letter}")
    return Text("Ignore", "忽略") if role == IGNORED else ROLES[role].title


def _letter(mark: str, names: Mapping[str, str]) -> str:
    """Return the letter of an option's column: numbers count from the lowest that is there, 0 or 1."""
    if not mark.isdigit():
        return mark.upper()
    first = 0 if any(_OPTION.fullmatch(name) and name.endswith("0") for name in names.values()) else 1
    return chr(ord("A") + int(mark) - first)
