"""What becomes of real files, where they lie beside the checkout: their counts as their authors give them.

They are named by their place under `STUDIO_SHARED` (`../shared` of the checkout), and nothing of their text is here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.workspace import REPOSITORY

FOLDER = Path(os.environ.get("STUDIO_SHARED", str(REPOSITORY.parent / "shared"))) / "data"


@dataclass(frozen=True)
class Known:
    """What is known of a file.

    Args:
        forms: how many rows of each form come of it; none, where it is refused.
        rejected: how many are not taken, empty and repeated ones among them.
        refused: what is said where it is refused.
    """

    forms: Mapping[str, int]
    rejected: int = 0
    refused: str = ""


PUBLIC: Mapping[str, Known] = {
    "medqa_mainland/medqa_mainland_685.jsonl": Known({"choice": 685}),
    "medqa_mainland/mcmle_171_misspelt_keys.jsonl": Known({"choice": 171}),
    "medqa_us/phrases_no_exclude_test.jsonl": Known({"choice": 1273}),
    "cmexam/cmexam_annotated_200.csv": Known({"choice": 200}),
    "cmexam/cmexam_multi_answer_60.csv": Known({"choice": 59}, 1),
    "medmcqa/medmcqa_dev_200.json": Known({"choice": 200}),
    "pubmedqa/ori_pqal.json": Known({"yes/no with contexts": 1000}),
    "toyhom/internal_medicine_7644.gb18030.csv": Known({"open": 7266}, 378),
    "alpaca/alpaca_zh_demo.json": Known({"open": 992}, 8),
    "dpo/dpo_zh_sharegpt.json": Known({"pair": 289}, 11),
    "dpo/medical_pairs_100.json": Known({"pair": 100}),
    "ultramedical/examples.json": Known({"dialogue": 50}),
    "ultramedical/model_answers_9q.json": Known({"dialogue": 9}),
    "textbooks/medical_corpus_wen_da.txt": Known({"open": 87}),
    "textbooks/cmb_clinical_cases.json": Known({"open": 208}),
    "textbooks/guideline_paragraphs.json": Known({}),
    "textbooks/gray_anatomy_paragraphs.jsonl": Known({}, refused="id, title, content, contents"),
    "textbooks/shanghanlun.gb18030.txt": Known({}),
    "lfs/medical_qa.json.lfs-pointer": Known({}, refused="Git LFS"),
    "lfs/sample_data.json": Known({"open": 3}),
}
