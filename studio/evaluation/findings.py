"""What an evaluation found, in sentences: what its report and its panel on the page lead with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.core.text import Text
from studio.evaluation.sentences import ReportFinding, clear, finding

Tone = Literal["up", "down", "even"]
_TUNING = Text("What fine-tuning changed", "微调带来的变化")
_NEEDED = ("comparisons", "modes", "scorers", "flags")


@dataclass(frozen=True)
class Sentence:
    """One comparison in words, and whether it came out better, worse or not clearly either."""

    said: ReportFinding
    tone: Tone


@dataclass(frozen=True)
class Topic:
    """What was found about one question: what fine-tuning changed, what retrieval did."""

    heading: Text
    sentences: tuple[Sentence, ...]

    def dump(self) -> dict[str, Any]:
        """Return the JSON form, as `metrics.json` holds it."""
        return {
            "heading": self.heading.dump(),
            "sentences": [
                {**{name: text.dump() for name, text in vars(item.said).items()}, "tone": item.tone}
                for item in self.sentences
            ],
        }


def findings(metrics: Mapping[str, Any]) -> list[Topic]:
    """Return the comparisons worth a sentence: whole metrics of right and wrong, one pair a question and model.

    Of metrics that an older studio wrote, and that do not hold what is needed, none.
    """
    if not all(name in metrics for name in _NEEDED):
        return []
    everything = metrics["comparisons"]
    found = []
    for question, heading in headings(metrics).items():
        sentences: list[Sentence] = []
        seen: dict[tuple[str, str], str] = {}
        for comparison in everything:
            if comparison["question"] != question or "/" in comparison["metric"]:
                continue
            # the first pair speaks for a model: direct for tuning, the nearest mode for rag; the table has them all
            model = comparison["a"].rsplit(":", 1)[0]
            pair = f"{comparison['a']} {comparison['b']}"
            if seen.setdefault((model, comparison["metric"]), pair) != pair:
                continue
            parts = [
                other
                for other in everything
                if (other["a"], other["b"]) == (comparison["a"], comparison["b"])
                and other["metric"].startswith(f"{comparison['metric']}/")
            ]
            said = finding(comparison, title_of(metrics, comparison["metric"]), _against(metrics, comparison), parts)
            sentences.append(Sentence(said, tone(comparison)))
        if sentences:
            found.append(Topic(heading, tuple(sentences)))
    return found


def title_of(metrics: Mapping[str, Any], name: str) -> Text:
    """Return what a metric is called: its scorer's title, with the group behind it."""
    scorer, _, group = name.partition("/")
    known = about(metrics, name)
    title = Text.load(known["title"]) if known else Text(scorer, scorer)
    return Text(f"{title.en} · {group}", f"{title.zh} · {group}") if group else title


def about(metrics: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return what is written down of a metric's scorer or flag: title and help."""
    scorer = name.partition("/")[0]
    found: Mapping[str, Any] = metrics["scorers"].get(scorer) or metrics["flags"].get(scorer) or {}
    return found


def headings(metrics: Mapping[str, Any]) -> dict[str, Text]:
    """Return what the comparisons ask, by the word they carry: fine-tuning first, then the latest mode."""
    asks = {name: Text.load(mode["asks"]) for name, mode in reversed(metrics["modes"].items())}
    return {"tuning": _TUNING, **asks}


def tone(comparison: Mapping[str, Any]) -> Tone:
    """Return whether a comparison came out clearly better, clearly worse, or neither."""
    if not clear(comparison):
        return "even"
    return "up" if float(comparison["difference"]) > 0 else "down"


def _against(metrics: Mapping[str, Any], comparison: Mapping[str, Any]) -> Text:
    """Return how a comparison's two sides are told in words, holding {a}, {b}, {mode} and {other}."""
    if comparison["question"] == "tuning":
        return Text("{a} against {b}, asked {mode}", "{a} 对比 {b}（{mode} 方式）")
    return Text.load(metrics["modes"][comparison["question"]]["against"])
