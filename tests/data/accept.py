"""What became of every shape: `python -m tests.data.accept [FOLDER]` prints the table (`make accept`).

`expected.json` says what each file should become; where it leaves a choice, `DECIDED` says what was chosen. A file that
is asked about is tried with the answer. Where real files lie beside the checkout (`public`), their table follows.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.leaks.index import LeakIndex
from studio.data.leaks.leak import SORTS, Leak
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row
from studio.data.records.question import Question
from studio.data.source_file import SourceFile
from tests.data.public import FOLDER, PUBLIC

_SHOWN = 200
HERE = Path(__file__).parent / "shapes"
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "shapes/medmcqa_hf_zero_based.jsonl": {"answer_base": 0},
    "shapes/icliniq.jsonl": {
        "columns": {"answer_icliniq": "answer"},
        "ignore": ["answer_chatgpt", "answer_chatdoctor"],
    },
    "shapes/cmb_test_questions.json": {"join": {"file": "shapes/cmb_test_answers.json", "on": "id"}},
    "shapes/cmedqa2_question.csv": {
        "join": {"file": "shapes/cmedqa2_answer.csv", "on": "question_id"},
        "columns": {"content": "question", "content (2)": "answer"},
    },
}
"""What a user answers to the question that a file is refused with."""
DECIDED: Mapping[str, Mapping[str, str]] = {
    "broken/mixedtypes.jsonl": {"open": "yes/no"},  # an answer that is true or false
    "broken/shared_case_series.jsonl": {"open": "choice"},  # its rows have options
}
"""Where the list names a record that the rows are not, what they are."""
NOT_TAKEN = {"broken/dict_small_keys.json": 2}
"""Rows of the list's count that ask nothing: they are rejected with their lines."""
MAINLAND = ("medqa_mainland/medqa_mainland_685.jsonl", "medqa_mainland/mcmle_171_misspelt_keys.jsonl")
SHARED = Counter({"exact": 34, "near": 1})
"""What those two real files share: of another wording, one question."""
REFUSED = {"shapes/mllm.jsonl", "broken/truncated.json", "broken/quote_broken.csv"}
"""Where the list leaves the choice, those are refused."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    file: str
    taken: int
    rejected: int
    forms: Mapping[str, int]
    refused: str
    faults: Sequence[str]


def public_outcomes(largest: int | None = None) -> Iterator[Outcome]:
    """Yield what becomes of the real files that are there, against what is known of them.

    Args:
        largest: bytes; larger files are left out.
    """
    for file, known in PUBLIC.items():
        if (FOLDER / file).exists() and (largest is None or (FOLDER / file).stat().st_size <= largest):
            rows, rejected, refused = _made(FOLDER, file)
            forms = Counter(map(_form, rows))
            faults = []
            if known.refused not in refused or bool(known.forms) is bool(refused):
                faults.append(f"said: {refused or 'nothing'}; expected: {known.refused or 'nothing'}")
            if (dict(forms), len(rejected)) != (dict(known.forms), known.rejected):
                faults.append(f"expected {dict(known.forms)}, {known.rejected} rejected")
            yield Outcome(file, len(rows), len(rejected), forms, refused, faults)


def outcomes(folder: Path = HERE) -> Iterator[Outcome]:
    """Yield what becomes of each file that `expected.json` lists."""
    for file, expected in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        if file != "_":
            yield outcome(folder, file, expected)


def outcome(folder: Path, file: str, expected: Mapping[str, Any]) -> Outcome:
    """Return what becomes of one file, with what is wrong about it."""
    rows, rejected, refused = _made(folder, file, ANSWERS.get(file, {}))
    faults = tuple(_faults(file, expected, rows, rejected, refused))
    return Outcome(file, len(rows), len(rejected), Counter(map(_form, rows)), refused, faults)


def shared_questions(first: str, second: str) -> Counter[str]:
    """Return how many questions of the second of two real files stand in the first, by how they stand there at best."""
    rows, questions = (_made(FOLDER, file)[0] for file in (first, second))
    strongest: dict[int, Leak] = {}
    for _, leaks in LeakIndex(questions).search(rows):
        for leak in leaks:
            strongest[leak.probe] = min(leak, strongest.get(leak.probe, leak), key=lambda found: found.strength)
    return Counter(leak.sort for leak in strongest.values())


def _made(
    folder: Path, file: str, answer: Mapping[str, Any] | None = None
) -> tuple[list[Row], list[dict[str, Any]], str]:
    """Return the rows that come of a file, those that are rejected, and what is said where it is refused."""
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "dataset"
        try:
            _build(folder, file, made, answer or {})
        except InputError as error:
            return [], [], str(error).replace(str(folder), "")
        rows = [row for split in SPLITS for row in read_rows(made, split)]
        rejected = (made / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
        return rows, [json.loads(line) for line in rejected], ""


def _build(folder: Path, file: str, made: Path, answer: Mapping[str, Any]) -> None:
    answer = dict(answer)
    if "join" in answer:
        answer["join"] = {**answer["join"], "file": str(folder / answer["join"]["file"])}
    source = SourceFile.model_validate({"file": str(folder / file), **answer})
    seconds = {0: Path(source.join.file)} if source.join else {}
    build(DatasetRecipe(name="d", sources=[source], val=0, test=0), [folder / file], made, Silent(), seconds)


def _form(row: Row) -> str:
    if isinstance(row, Question):
        words = {"yes", "no", "maybe", "是", "否", "不确定"}
        form = "yes/no" if row.options and set(row.options.values()) <= words else row.form
        return form + (" with thought" if row.thought else "") + (" with contexts" if row.contexts else "")
    return {"conversation": "dialogue", "preference": "pair"}.get(row.record, row.record)


def _faults(
    file: str, expected: Mapping[str, Any], rows: Sequence[Row], rejected: Sequence[Mapping[str, Any]], refused: str
) -> Iterator[str]:
    if expected["record"] == "refused" or file in REFUSED:
        if rows:
            yield f"{len(rows)} rows taken, refused is expected"
        return
    if refused and expected["taken"] is not None:
        yield f"refused: {refused}"
        return
    if expected["taken"] is not None and len(rows) + NOT_TAKEN.get(file, 0) != expected["taken"]:
        yield f"{len(rows)} rows, {expected['taken']} expected; {[item['reason']['en'] for item in rejected][:2]}"
    wanted = expected["record"]
    alike = {"yes/no/maybe": "yes/no", "open or yes/no": "yes/no", **DECIDED.get(file, {})}
    for form in {_form(row) for row in rows}:
        kinds = form.replace(" with contexts", "").replace(" with thought", "")
        if wanted != "mixed" and kinds not in wanted and alike.get(wanted, "") not in (form, kinds):
            yield f"{form} instead of {wanted}"
        yield from (
            f"without {extra}" for extra in ("contexts", "thought") if f"with {extra}" in wanted and extra not in form
        )
    text = "\n".join(row.model_dump_json() for row in rows)
    yield from (f"{part!r} is missing" for part in expected.get("has", ()) if part not in text)
    yield from (f"{part!r} is there" for part in expected.get("never", ()) if part in text)
    taught = {row.gold for row in rows if isinstance(row, Question)}
    yield from (f"{part!r} is taught as gold" for part in expected.get("never_as_gold", ()) if part in taught)
    if "lines" in expected:
        lines = [*(row.source.line for row in rows if row.source), *(item["line"] for item in rejected)]
        if sorted(lines) != expected["lines"]:
            yield f"lines {lines}"


def families() -> Iterator[tuple[str, object, object]]:
    """Yield what is known of the families and duplicates of files, with what was found and what is expected."""
    for file in ("broken/shared_case_series.jsonl", "issues/axolotl1946_near_dups.jsonl"):
        about = _about(HERE, {file: "hash"})
        yield f"{file}: families, their rows", _figures(about["split"]["families"]), (1, about["rows"])
    mainland = {
        "medqa_mainland/mcmle_171_misspelt_keys.jsonl": "train",
        "medqa_mainland/medqa_mainland_685.jsonl": "test",
    }
    toyhom = {"toyhom/internal_medicine_7644.gb18030.csv": "hash"}
    if all((FOLDER / file).exists() for file in (*mainland, *toyhom)):
        reasons = {item["kind"]["en"]: item["rows"] for item in _about(FOLDER, mainland)["reasons"]}
        yield "Mainland 171 of which 685 has the question", reasons["the same question as a row of the test split"], 34
        yield "Mainland 171 nearly", reasons["of one family with a row of the test split"], 1
        about = _about(FOLDER, toyhom)
        yield "Toyhom duplicate pairs", about["ledger"]["merged"], 378
        yield (
            "Toyhom near duplicates: clusters, texts",
            (
                about["split"]["near"]["clusters"],
                about["split"]["near"]["texts"],
            ),
            (39, 80),
        )
        about = _about(FOLDER, {"cmexam/cmexam_multi_answer_60.csv": "hash"})
        yield "CMExam rows with several right answers", about["checks"]["several_right"]["rows"], 59


def _figures(split: Mapping[str, int]) -> tuple[int, int]:
    return split["families"], split["rows"]


def _about(folder: Path, splits: Mapping[str, str]) -> dict[str, Any]:
    """Return what a dataset of files says of itself."""
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "dataset"
        sources = [SourceFile.model_validate({"file": file, "split": split}) for file, split in splits.items()]
        recipe = DatasetRecipe(name="d", sources=sources, val=0, test=0)
        build(recipe, [folder / file for file in splits], made, Silent())
        about: dict[str, Any] = json.loads((made / "dataset.json").read_text(encoding="utf-8"))
        return about


def main() -> None:
    """Print the table; ends with 1 where something is not as expected."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    failed = _print(outcomes(folder))
    if folder == HERE and FOLDER.is_dir():
        print("\nReal files:\n")
        failed += _print(public_outcomes())
    if folder == HERE:
        print("\nFamilies and duplicates:\n\n| what | found | expected |\n|---|---:|---:|")
        for what, found, expected in families():
            failed += found != expected
            print(f"| {what} | {found} | {expected} |")
    if folder == HERE and FOLDER.is_dir():
        failed += _print_shared(*MAINLAND)
    print(f"\n{failed} not as expected")
    sys.exit(1 if failed else 0)


def _print_shared(first: str, second: str) -> int:
    """Print which questions two real files share; return whether they are not those that they are known to share."""
    found = shared_questions(first, second)
    listed = ", ".join(f"{SORTS[sort].en} {found[sort]}" for sort in SORTS if found[sort])
    print(f"\nQuestions of {second} that stand in {first}: {listed}")
    return int(found != SHARED)


def _print(items: Iterable[Outcome]) -> int:
    """Print a table; return how many files are not as expected."""
    failed = 0
    print("| file | became | rows | rejected | |\n|---|---|---:|---:|---|")
    for item in items:
        became = ", ".join(f"{count} {form}" for form, count in item.forms.items()) or "refused"
        said = "; ".join(item.faults) or item.refused or "as expected"
        failed += bool(item.faults)
        mark = "**" if item.faults else ""
        said = " ".join(said.split())[:_SHOWN].replace("|", "\\|")
        print(f"| {item.file} | {became} | {item.taken} | {item.rejected} | {mark}{said}{mark} |")
    return failed


if __name__ == "__main__":
    main()
