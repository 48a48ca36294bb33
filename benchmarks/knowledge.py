"""`python -m benchmarks.knowledge`: embedding and searching against what they are measured by, in one run.

Embedding texts per second, of the build's path against plain `SentenceTransformer.encode` of the same model; and a
hybrid query against the same query where BM25 is built anew for each, as tools without a cached index do.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.core.files import sha256_tree
from studio.core.records import Passage
from studio.core.workspace import find_workspace
from studio.knowledge.build import write_index
from studio.knowledge.embedding import embed_all, load_embedder
from studio.knowledge.manifest import ChunkerEntry, EmbedderEntry, Manifest
from studio.knowledge.passages import passage_id, readable
from studio.knowledge.search import KnowledgeBase
from studio.knowledge.wordindex import WordIndex
from studio.knowledge.words import Words

_ENGLISH = [
    "the",
    "patient",
    "was",
    "given",
    "oral",
    "treatment",
    "for",
    "chronic",
    "heart",
    "failure",
    "with",
    "reduced",
    "ejection",
    "fraction",
    "and",
    "renal",
    "function",
    "serum",
    "potassium",
    "should",
    "be",
    "measured",
    "before",
    "each",
    "dose",
    "because",
    "hyperkalaemia",
    "may",
    "follow",
    "acute",
    "kidney",
    "injury",
]
_CHINESE = [
    "患者",
    "口服",
    "药物",
    "治疗",
    "慢性",
    "心力衰竭",
    "肾功能",
    "不全",
    "血钾",
    "升高",
    "应",
    "监测",
    "剂量",
    "减半",
    "首选",
    "禁用",
    "妊娠",
    "肝硬化",
    "二甲双胍",
    "华法林",
]


def alone() -> dict[str, float]:
    """Return how fast texts are embedded and a base is searched, for `benchmarks.turns`."""
    folder = find_workspace().path("models/all-minilm-l6-v2")
    embedder = load_embedder(folder)
    english, chinese = _texts(_ENGLISH, " ", 256, random.Random(1)), _texts(_CHINESE, "", 500, random.Random(2))
    embed_all(embedder, english[:32])
    embedding = _seconds(lambda: embed_all(embedder, english))
    with tempfile.TemporaryDirectory() as place:
        base, _ = _base(Path(place), folder, chinese)
        asked = _asked(chinese, 200)
        base.search(asked[0])
        searching = _seconds(lambda: [base.search(query) for query in asked])
    return {"texts/s": len(english) / embedding, "queries/s": len(asked) / searching}


def main() -> None:
    """Print one ratio a line, each with what it is measured against."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.knowledge", description=__doc__)
    parser.add_argument("--embedder", default="models/all-minilm-l6-v2", help="a sentence-transformers folder")
    parser.add_argument("--texts", type=int, default=256, help="texts to embed, 5 to 120 words each")
    parser.add_argument("--passages", type=int, default=2000, help="passages to search")
    parser.add_argument("--queries", type=int, default=200, help="queries answered from the cached index")
    given = parser.parse_args()
    folder = find_workspace().path(given.embedder)
    _embedding(folder, _texts(_ENGLISH, " ", given.texts, random.Random(1)))
    _searching(folder, _texts(_CHINESE, "", given.passages, random.Random(2)), given.queries)


def _embedding(folder: Path, texts: list[str]) -> None:
    from studio.knowledge.torch_embedding import quiet

    embedder = load_embedder(folder)
    with quiet():
        from sentence_transformers import SentenceTransformer

        plain = SentenceTransformer(str(folder), local_files_only=True)
    embed_all(embedder, texts[:32])
    plain.encode(texts[:32], show_progress_bar=False)
    # by turns, and the best of each: the machine's other work comes and goes
    ours, theirs = _by_turns(
        lambda: embed_all(embedder, texts), lambda: plain.encode(texts, show_progress_bar=False), turns=5
    )
    print(f"embedding {len(texts)} texts: {len(texts) / ours:.0f} texts/s, ", end="")
    print(f"plain sentence-transformers (float32) {len(texts) / theirs:.0f} texts/s  {theirs / ours:.2f}x", flush=True)


def _searching(folder: Path, texts: list[str], queries: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        base, passages = _base(Path(place), folder, texts)
        asked = _asked(texts, queries)
        base.search(asked[0])
        cached = _seconds(lambda: [base.search(query) for query in asked]) / len(asked)
        words = Words()

        def anew() -> object:
            base.search(asked[0])  # the same dense search and fusion
            return WordIndex.build([words(readable(passage)) for passage in passages]).rank(words(asked[0]), 50)

        rebuilt = _seconds(anew)
    print(f"hybrid query over {len(passages)} passages: {cached * 1e3:.2f} ms, ", end="")
    print(f"rebuilding BM25 at each query {rebuilt * 1e3:.0f} ms  {rebuilt / cached:.2f}x", flush=True)


def _asked(texts: list[str], queries: int) -> list[str]:
    return [f"heart failure 患者{text[:8]}" for text in texts[:queries]]


def _base(target: Path, folder: Path, texts: list[str]) -> tuple[KnowledgeBase, list[Passage]]:
    """Return a knowledge base of texts, and its passages."""
    passages = [
        Passage(id=passage_id("bench.txt", "", f"{index} {text}"), content=text, source="bench.txt")
        for index, text in enumerate(texts)
    ]
    embedder = load_embedder(folder)
    write_index(target, passages, embed_all(embedder, texts), Words())
    Manifest(
        name="bench",
        created="",
        embedder=EmbedderEntry(
            given=folder.name, path=str(folder), sha256=sha256_tree(folder), dimension=embedder.dimension
        ),
        chunker=ChunkerEntry(name="token"),
        passages=len(passages),
        sources=[],
        versions={},
    ).save(target)
    return KnowledgeBase.open(find_workspace(), target), passages


def _texts(vocabulary: list[str], joint: str, count: int, dice: random.Random) -> list[str]:
    return [joint.join(dice.choices(vocabulary, k=dice.randint(5, 120))) for _ in range(count)]


def _by_turns(ours: Callable[[], object], theirs: Callable[[], object], turns: int) -> tuple[float, float]:
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(turns)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
