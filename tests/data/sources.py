"""Made-up rows in the layouts of public sources, and the form that each becomes: (source, rows, form)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Q, A, B = "肝素过量用什么拮抗？", "鱼精蛋白", "维生素K"
FOUR = {"A": B, "B": A, "C": "纳洛酮", "D": "阿托品"}
TEXTS = list(FOUR.values())
USER, BOT = {"role": "user", "content": Q}, {"role": "assistant", "content": A}
WRONG = {"role": "assistant", "content": B}
HUMAN, GPT = {"from": "human", "value": Q}, {"from": "gpt", "value": A}

CHOICE: Mapping[str, Mapping[str, Any]] = {
    "MedQA": {"question": Q, "options": FOUR, "answer": A, "answer_idx": "B", "meta_info": "step1"},
    "MedQA, misspelt": {"question": Q, "option": "(A) 维生素K.\n(B) 鱼精蛋白.\n(C) 纳洛酮.", "anwer": "(B)"},
    "MedQA, list of options": {
        "question": Q,
        "options": [{"key": "A", "value": B}, {"key": "B", "value": A}],
        "answer": A,
        "answer_idx": "B",
    },
    "MedQA, BigBio": {"question_id": "1", "question": Q, "choices": TEXTS, "type": "multiple_choice", "answer": [A]},
    "CMExam": {"Question": Q, "Options": "A 维生素K\nB 鱼精蛋白", "Answer": "B", "Clinical Department": "急诊科"},
    "CMExam, literal line ends": {"Question": Q, "Options": "A 维生素K\\nB 鱼精蛋白\\nC 纳洛酮", "Answer": "B"},
    "CMExam, list of pairs": {"Question": Q, "Options": [{"key": "A", "value": B}, {"key": "B", "value": A}], "Answer": "B"},
    "C-Eval": {"id": 0, "question": Q, "A": B, "B": A, "C": "x", "D": "y", "answer": "B", "explanation": ""},
    "CMMLU": {"": 0, "Question": Q, "A": B, "B": A, "C": "x", "D": "y", "Answer": "B"},
    "ExplainCPE": {"题目": Q, "选项A": B, "选项B": A, "选项C": "x", "答案": "B", "解析": "略"},
    "CMB": {
        "exam_type": "医师考试",
        "exam_class": "执业医师",
        "exam_subject": "口腔",
        "question": Q,
        "answer": "B",
        "question_type": "单项选择题",
        "option": {**FOUR, "E": ""},
    },
    "MedMCQA": {"id": "m", "question": Q, "opa": B, "opb": A, "opc": "x", "opd": "y", "cop": 1, "choice_type": "single", "exp": None, "subject_name": "S", "topic_name": None},
    "MMLU": {"question": Q, "subject": "anatomy", "choices": TEXTS, "answer": 1},
    "MMLU, no header": {"column 1": Q, "column 2": B, "column 3": A, "column 4": "x", "column 5": "y", "column 6": "B"},
    "MedXpertQA": {
        "id": "Text-1",
        "question": f"{Q}\nAnswer Choices: (A) {B} (B) {A}",
        "options": [{"letter": "A", "content": B}, {"letter": "B", "content": A}],
        "label": "B",
        "medical_task": "Treatment",
        "body_system": "Blood",
        "question_type": "Reasoning",
    },
    "MedXpertQA, options as an object": {"question": Q, "options": FOUR, "label": "B", "medical_task": "Treatment"},
    "HEAD-QA": {
        "qid": "1", "name": "Cuaderno", "year": "2013", "category": "pharmacology", "qtext": Q, "ra": 2, "image": "",
        "answers": [{"aid": 1, "atext": B}, {"aid": 2, "atext": A}],
    },
    "openlifescienceai": {"id": "1", "data": {"Question": Q, "Options": FOUR, "Correct Option": "B", "Correct Answer": A}, "subject_name": None},
    "nested input": {"input": {"question": Q, "options": FOUR}, "target": "B"},
    "ARC": {"id": "1", "question": Q, "choices": {"text": TEXTS, "label": ["A", "B", "C", "D"]}, "answerKey": "B"},
    "SWAG": {"sent1": Q, "ending0": B, "ending1": A, "ending2": "x", "ending3": "y", "label": 1},
    "with a passage": {"question": Q, "context": "一段。", "options": FOUR, "answer": "B"},
    "with reasoning": {"question": Q, "options": FOUR, "answer": "B", "Complex_CoT": "先排除。"},
    "options in the text": {"question": f"{Q}\nA. {B}\nB. {A}\nC. 纳洛酮", "answer": "B"},
    "options in the text, said again": {"instruction": f"{Q} A、{B} B、{A}", "input": "", "output": f"B、{A}"},
    "as NumPy prints it": {"question": Q, "options": f"['{B}' '{A}']", "answer": "B"},
    "a column of the right letter": {"question": Q, "choice_a": B, "choice_b": A, "correct": "B"},
    "a statement": {"statement": Q, "option_list": {"A": B, "B": A}, "answer": ["B"]},
    "letter and number": {"question": Q, "options": FOUR, "answer": "B", "label": 1},
}  # fmt: skip
YES_NO: Mapping[str, Mapping[str, Any]] = {
    "PubMedQA, original": {"QUESTION": "Does it?", "CONTEXTS": ["a"], "LABELS": ["X"], "MESHES": [], "LONG_ANSWER": "It does.", "final_decision": "yes", "YEAR": "2011"},
    "PubMedQA, Hugging Face": {"pubid": 1, "question": "Does it?", "context": {"contexts": ["a"], "labels": ["X"], "meshes": []}, "long_answer": "It does.", "final_decision": "maybe"},
    "BioASQ": {"body": "Does it?", "type": "yesno", "exact_answer": "yes", "ideal_answer": ["It does.", "Yes."], "snippets": [{"text": "a", "document": "u"}], "documents": ["u"], "id": "b"},
    "true or false, in a table": {"question": "Does it?", "context": "a", "answer": "True"},
    "BoolQ": {"question": "does it", "passage": "a", "answer": True},
}  # fmt: skip
OPEN: Mapping[str, Mapping[str, Any]] = {
    "PubMedQA, unlabelled": {"pubid": 1, "question": "Does it?", "context": {"contexts": ["a"], "labels": ["X"]}, "long_answer": "It does."},
    "BioASQ, factoid": {"body": "What does it?", "type": "factoid", "exact_answer": [["heparin", "UFH"]], "ideal_answer": ["Heparin."], "snippets": [{"text": "a"}], "id": "b"},
    "medical-o1": {"Question": Q, "Complex_CoT": "先想。", "Response": A},
    "R1 distilled": {"question": Q, "reasoning (reasoning_content)": "先想。", "response (content)": A},
    "K-QA": {"Question": Q, "Must_have": ["甲", "乙"], "Nice_to_have": [], "Free_form_answer": A, "ICD_10_diag": "x"},
    "Alpaca": {"instruction": Q, "input": "", "output": A},
    "Alpaca, system": {"instruction": Q, "input": "", "output": A, "system": "你是药师。", "history": []},
    "Belle": {"instruction": "回答", "input": Q, "output": A},
    "CMtMedQA, first turn": {"instruction": Q, "input": "", "output": A, "history": [], "cate1": "内科", "cate2": "x"},
    "DISC-MedLLM, evaluated": {"question": Q, "raw_anwser": A, "source": "x"},
    "Huatuo-26M": {"questions": [[Q, "肝素怎么拮抗"]], "answers": [A]},
    "HuatuoGPT": {"data": [f"问：{Q}", f"答：{A}"]},
    "iCliniq, one answer": {"input": Q, "answer_icliniq": A},
    "CMD": {"department": "急诊科", "title": "肝素", "ask": Q, "answer": A},
    "问/答": {"问": Q, "答": A},
    "Q/A": {"Q": Q, "A": A},
    "keyless pair": {"0": Q, "1": A},
    "SQuAD": {"id": "1", "title": "t", "context": "一段。", "question": Q, "answers": {"text": [A], "answer_start": [0]}},
    "text2text": {"input": Q, "target": A, "kind": "x"},
    "prompt and completion": {"prompt": Q, "completion": A},
    "described": {"description": "女，35岁。", "question": Q, "answer": A},
    "LFS sample": {"instruction": "回答医疗健康问题", "input": Q, "output": A},
    "no options after all": {"question": Q, "options": [], "answer": A},
    "MedQuAD": {"pid": "0", "Question": Q, "Answer": A},
    "thought in the answer": {"question": Q, "answer": f"<think>先想。</think>{A}"},
    "Chinese columns": {"问题": Q, "回答": A, "科室": "急诊科"},
    "医生回复": {"患者提问": Q, "医生回复": A},
}  # fmt: skip
DIALOGUE: Mapping[str, Mapping[str, Any]] = {
    "messages": {"messages": [{"role": "system", "content": "你是药师。"}, USER, BOT]},
    "OpenAI, developer": {"messages": [{"role": "developer", "content": "你是药师。"}, USER, {**BOT, "weight": 1}]},
    "ShareGPT": {"id": "1", "conversations": [HUMAN, GPT], "system": "你是药师。"},
    "ShareGPT, tools": {"conversations": [HUMAN, {"from": "function_call", "value": "{}"}, {"from": "observation", "value": "{}"}, GPT], "tools": "[]"},
    "OpenAI tools": {"messages": [USER, {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "1", "content": "{}"}, BOT], "tools": [{"type": "function"}]},
    "OpenAI parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": Q}]}, BOT]},
    "parts with values": {"messages": [{"role": "user", "content": [{"type": "text", "value": Q}], "loss_weight": 0.0}, {"role": "assistant", "content": [{"type": "reasoning", "value": "先想。"}, {"type": "text", "value": A}]}]},
    "reasoning in the turn": {"messages": [USER, {**BOT, "reasoning_content": "先想。"}]},
    "XTuner": {"conversation": [{"system": "你是药师。", "input": Q, "output": A}, {"input": "多少？", "output": "50 mg"}]},
    "DISC-MedLLM": {"_id": {"$oid": "1"}, "source": "x", "conversation": [USER, BOT, {"role": "user", "content": "多少？"}]},
    "Alpaca, history": {"instruction": "多少？", "input": "", "output": "50 mg", "history": [[Q, A]], "system": ""},
    "UltraMedical": {"id": "MedQA,1", "type": "Exam", "conversations": [HUMAN, GPT], "answer": "D", "score": "This question would be rated a 7. It requires knowledge of antidotes."},
    "MedDialog": {"id": 1, "description": "肝素过量。", "utterances": [f"patient: {Q}", f"doctor: {A}"]},
    "MedDialog, Chinese": {"0": f"病人：{Q}", "1": f"医生：{A}"},
    "text of turns": {"dialogue": f"病人：{Q}\n医生：{A}\n病人：谢谢\n医生：不客气"},
    "text of Human and Assistant": {"chat": f"\n\nHuman: {Q}\n\nAssistant: {A}\nAnswer: yes"},
    "messages as NumPy prints them": {"messages": f"[{USER!r}\n {BOT!r}]"},
    "a list of turns a line": {"0": USER, "1": BOT},
    "MOSS": {"conversation_id": "1", "meta_instruction": "你是药师。", "conversation": {"turn_1": {"Human": Q, "MOSS": A}}},
    "pairs in turns": {"conversation": [{"human": Q, "assistant": A}]},
    "prompt and completion in turns": {"prompt": [USER], "completion": [BOT]},
    "two of one speaker": {"messages": [USER, {"role": "user", "content": "急！"}, BOT]},
    "HuatuoGPT, several turns": {"data": [f"问：{Q}", f"答：{A}", "问：多少？", "答：50 mg"]},
    "thought in a column": {"messages": [USER, BOT], "reasoning": "先想。"},
    "spoken by doctor and patient": {"dialogue": [{"speaker": "患者", "text": Q}, {"speaker": "医生", "text": A}]},
}  # fmt: skip
PAIR: Mapping[str, Mapping[str, Any]] = {
    "TRL": {"prompt": Q, "chosen": A, "rejected": B},
    "TRL, turns": {"prompt": [USER], "chosen": [BOT], "rejected": [WRONG]},
    "TRL, whole conversations": {"chosen": [USER, BOT], "rejected": [USER, WRONG]},
    "UltraMedical-Preference": {"prompt_id": "1", "label_type": "gpt4", "prompt": Q, "chosen": [USER, BOT], "rejected": [USER, WRONG], "metadata": {"chosen": {"model": "x"}}},
    "Intel": {"system": "你是药师。", "question": Q, "chosen": A, "rejected": B},
    "Argilla": {"instruction": Q, "chosen": A, "rejected": B, "chosen-rating": 5, "rejected-rating": 2},
    "HH": {"chosen": f"\n\nHuman: {Q}\n\nAssistant: {A}", "rejected": f"\n\nHuman: {Q}\n\nAssistant: {B}"},
    "LLaMA-Factory, ShareGPT": {"conversations": [HUMAN], "chosen": GPT, "rejected": {"from": "gpt", "value": B}},
    "LLaMA-Factory, Alpaca": {"instruction": Q, "input": "", "chosen": A, "rejected": B},
    "LLaMA-Factory v1": {"chosen_messages": [USER, BOT], "rejected_messages": [USER, WRONG]},
    "MedicalGPT": {"system": "", "history": [], "question": Q, "response_chosen": A, "response_rejected": B},
    "MedicalGPT, tools": {"conversations": [HUMAN], "tools": "[]", "chosen": GPT, "rejected": {"from": "gpt", "value": B}},
    "ms-swift": {"messages": [USER, BOT], "rejected_response": B},
    "ms-swift, turns": {"messages": [USER, BOT], "rejected_messages": [USER, WRONG]},
    "ms-swift 2": {"query": Q, "response": A, "rejected_response": B},
    "history": {"history": [["你好", "您好"]], "question": Q, "chosen": A, "rejected": B},
}  # fmt: skip
JUDGED: Mapping[str, Mapping[str, Any]] = {
    "TRL KTO": {"prompt": Q, "completion": A, "label": True},
    "TRL KTO, turns": {"prompt": [USER], "completion": [BOT], "label": True},
    "LLaMA-Factory KTO": {"messages": [USER, BOT], "label": True},
    "LLaMA-Factory KTO, Alpaca": {"instruction": Q, "input": "", "output": A, "kto_tag": True},
    "webMedQA": {"qid": "1", "label": "1", "department": "急诊科", "question": Q, "answer": A},
    "words": {"question": Q, "answer": A, "label": "good"},
}
RUBRIC: Mapping[str, Mapping[str, Any]] = {
    "HealthBench": {
        "prompt": [USER],
        "rubrics": [
            {"criterion": "Names protamine.", "points": 5, "tags": ["x"]},
            {"criterion": "Rude.", "points": -3},
        ],
        "example_tags": ["x"],
        "ideal_completions_data": {"ideal_completion": A, "ideal_completions_ref_completions": []},
        "prompt_id": "1",
        "canary": "x",
    },
}
CASE: Mapping[str, Mapping[str, Any]] = {
    "CMB-Clin": {"id": "0", "title": "腹外疝", "description": "男，49岁。", "QA_pairs": [{"question": Q, "answer": A}]},
    "SQuAD, nested": {"title": "t", "paragraphs": [{"context": "一段。", "qas": [{"id": "1", "question": Q, "answers": [{"text": A, "answer_start": 0}]}]}]},
    "shared stem": {"case": "男，49岁。", "sub_questions": [{"question": Q, "options": FOUR, "answer": "B"}]},
}  # fmt: skip
FORMS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "choice": CHOICE,
    "yes/no": YES_NO,
    "open": OPEN,
    "conversation": DIALOGUE,
    "preference": PAIR,
    "judged": JUDGED,
    "rubric": RUBRIC,
    "case": CASE,
}

ASKED: Mapping[str, tuple[Mapping[str, Any], Sequence[str]]] = {
    "iCliniq": ({"input": Q, "answer_icliniq": A, "answer_chatgpt": A}, ["answer_icliniq", "answer_chatgpt"]),
    "Huatuo-26M-Lite": ({"question": Q, "answer": A, "label": "急诊科", "score": 5}, ["label", "score"]),
    "scored": ({"question": Q, "answer": A, "score": 4.5}, ["score"]),
    "HC3": ({"question": Q, "human_answers": [A], "chatgpt_answers": [B]}, ["human_answers", "chatgpt_answers"]),
    "rollouts": ({"query": Q, "responses": [A, B], "rewards": [1, 0]}, ["rewards"]),
    "images": ({"messages": [USER, BOT], "images": ["a.jpg"]}, ["images"]),
    "SafeRLHF": ({"prompt": Q, "response_0": A, "response_1": B}, ["response_0", "response_1"]),
    "a label beside options": ({"question": Q, "options": FOUR, "answer": "B", "label": "急诊科"}, ["label"]),
    "options of a pair": ({"prompt": Q, "chosen": A, "rejected": B, "options": FOUR}, ["options"]),
}
"""Rows with columns that would change what they mean, and those columns."""
