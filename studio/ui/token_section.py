"""A row as a model sees it: the choice of model and options, the place where the tokens are drawn, and the rows' lengths.

`assets/js/tokens.js` asks for what is shown here, and draws the tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from studio.core.option import help_of, label_of
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS
from studio.runs.directory import Run
from studio.runs.names import model_names
from studio.runs.view import view as view_of
from studio.training.lengths import PartLengths
from studio.training.lesson import LessonOptions
from studio.training.recipe import TrainRecipe
from studio.ui.context import Context
from studio.ui.form.field import Field, fields_of
from studio.ui.html import act, fill, join, notice, record_notice

_BARS = 60
_WIDTH, _HEIGHT = 600, 90
_FAR = 4  # so many times what nearly all rows have: the last bar stands for those beyond

LEGEND = (
    ("learned", Text("learned", "参与训练")),
    ("", Text("not learned", "不参与训练")),
    ("cut", Text("cut off", "被截去")),
    ("special", Text("special token", "特殊 token")),
)


def section(context: Context, run: str, part: str, row: int) -> Markup:
    """Return the section of a dataset's row, folded; nothing is asked before it is opened."""
    return fill(
        '<details class="tokens-of" data-keep="tokens {run} {part} {row}" data-of="{run}" data-view="{part}" data-row="{row}">'
        "<summary>{title}</summary>"
        '<form class="token-options">{fields}</form>'
        '<div class="token-said" role="status"></div>'
        '<div class="token-legend">{legend}<span class="token-jumps">{jumps}</span></div>'
        '<div class="token-view" tabindex="0" role="region" aria-label="{label}"></div>'
        '<div class="token-lengths"></div></details>',
        run=run,
        part=part,
        row=row,
        title=context.say("As the model sees it", "模型实际看到的 token"),
        fields=_fields(context),
        legend=join(fill('<span class="t {}">{}</span>', style, context.text(words)) for style, words in LEGEND),
        jumps=join(
            fill('<button type="button" class="act" data-jump="{}" hidden>{}</button>', style, words)
            for style, words in (
                ("learned", context.say("To what is learned", "跳到参与训练处")),
                ("cut", context.say("To the cut", "跳到截断处")),
            )
        ),
        label=context.say("Tokens of the row", "该行的 token"),
    )


def _fields(context: Context) -> Markup:
    """Return the model, the longest length, the options that word the rows and their seed, as a training's form has them."""
    known = TrainRecipe.model_fields
    here = model_names(context.workspace)
    usual = known["model"].default
    models = join(
        fill('<option value="{}"{}>{}</option>', name, Markup(" selected") if name == usual else "", name) for name in here
    )  # fmt: skip
    model = _labelled(context, label_of(known["model"]), fill('<select name="model">{}</select>', models))
    numbers = [
        _labelled(
            context,
            label_of(known[name]),
            fill('<input type="number" name="{}" min="{}" step="1" value="{}">', name, least, known[name].default),
            help_of(known[name]),
        )
        for name, least in (("max_length", 16), ("seed", 0))
    ]
    options = [_option(context, field) for field in fields_of(LessonOptions)]
    spoken = [_option(context, field, "") for field in fields_of(TrainRecipe) if field.name in ("template", "thinking")]
    return join([model, numbers[0], *options, *spoken, numbers[1]])


def _option(context: Context, field: Field, prefix: str = "options.") -> Markup:
    name = f"{prefix}{field.name}"
    if field.words:
        choices = join(
            fill(
                '<option value="{}"{}>{}</option>',
                word,
                Markup(" selected") if word == field.default else "",
                context.text(field.names[word]) if word in field.names else word,
            )
            for word in field.words
        )
        control = fill('<select name="{}">{}</select>', name, choices)
    elif field.widget == "switch":
        control = fill('<input type="checkbox" name="{}">', name)
    else:
        control = fill('<input type="text" name="{}" value="{}" autocomplete="off">', name, field.default)
    return _labelled(context, field.label, control, field.help)


def _labelled(context: Context, label: Text, control: Markup, help: Text | None = None) -> Markup:
    return fill(
        '<label title="{}"><span>{}</span>{}</label>', context.text(help) if help else "", context.text(label), control
    )


def told(context: Context, view: Mapping[str, Any], max_length: int) -> Markup:
    """Return what becomes of a row, in a sentence or two."""
    say = context.say
    tokens, learned, kept, kept_learned = (int(view[name]) for name in ("tokens", "learned", "kept", "kept_learned"))
    more = ""
    if view["kept_order"]:
        more = say(
            " Its options keep their order: its text speaks of them in a way that could not follow.",
            "选项保持原有顺序：文字中提到了选项，打乱后无法确保对应。",
        )
    if view["fate"] == "refused":
        why = Text.load(view["why"])
        return notice(
            say(f"This row cannot be learned by this model: {why.en}.", f"这个模型无法用这一行训练：{why.zh}。"),
            say(
                "A training leaves it out. Choose an -Instruct model, or change the row.",
                "训练时会略过它。请换用 -Instruct 模型，或修改这一行。",
            ),
        )
    counted = say(
        f"{tokens:,} tokens, {learned:,} of them learned (underlined).",
        f"共 {tokens:,} 个 token，其中 {learned:,} 个参与训练（带下划线）。",
    )
    drawn = sum(len(ids) for _, ids, _ in view["pieces"])
    if drawn < tokens:
        more += say(f" {drawn:,} are shown, from both ends.", f"这里只显示首尾共 {drawn:,} 个。")
    if view["fate"] == "whole":
        return fill("<p>{}{}</p>", counted, more)
    if view["fate"] == "no_answer":
        lost = say("It holds no answer to learn from; a training leaves it out.", "没有可学习的回答，训练时会略过。")
    elif view["fate"] == "too_long":
        lost = say(
            f"Not even a part of its prompt and answer fits into {max_length:,}; a training leaves it out.",
            f"{max_length:,} 个 token 连提问和回答的一部分都放不下，训练时会略过。",
        )
    else:
        ends = say("the end of what the assistant says", "回答的结尾") if kept_learned < learned else ""
        begin = say("the beginning of its prompt's text", "提问开头的文字") if view["lost_beginning"] else ""
        pieces = say(" and ", "和").join(filter(None, (begin, ends))) or say(
            "what follows the answer", "回答之后的部分"
        )
        lost = say(
            f"Longer than {max_length:,}: a training sees {kept:,} ({kept_learned:,} learned) and loses {pieces}.",
            f"超过 {max_length:,}：训练时只保留 {kept:,} 个（{kept_learned:,} 个参与训练），截去{pieces}。",
        )
    return fill('<p>{} <strong class="lost">{}</strong>{}</p>', counted, lost, more)


def lengths(context: Context, part: str, run: Run | None, found: Mapping[str, PartLengths]) -> Markup:
    """Return the lengths of a part's rows: a button to measure them, how far that is, or the histogram."""
    named = context.text(SPLITS[part]) if part in SPLITS else part
    heading = fill("<h3>{}</h3>", context.say(f"Lengths of all rows: {named}", f"全部数据行的长度：{named}"))
    if found.get(part) is not None:
        return heading + _histogram(context, found[part])
    button = fill(
        '<button type="button" class="act" data-measure>{}</button>', context.say("Measure lengths", "统计长度")
    )
    if run is None:
        words = context.say(
            "How long are the other rows? A run measures them in the background.",
            "其他数据行有多长？统计在后台运行。",
        )
        return heading + fill("<p>{} {}</p>", words, button)
    seen = view_of(run)
    if run.active():
        share = (seen.progress.done, seen.progress.total) if seen.progress else (0, 0)
        words = context.say(
            f"Measuring: {share[0]:,} of {share[1]:,} rows", f"正在统计：{share[0]:,} / {share[1]:,} 行"
        )
        bar = fill('<progress value="{}" max="{}"></progress>', share[0], share[1] or 1)
        stop = act(run.id, "stop", context.say("Cancel", "取消"))
        return heading + fill('<p data-measuring="{}">{} {} {}</p>', run.id, bar, words, stop)
    error = (run.result() or {}).get("error")
    why = record_notice(context, error) if isinstance(error, dict) else Markup()
    return heading + why + fill("<p>{}</p>", button)


def _histogram(context: Context, part: PartLengths) -> Markup:
    say = context.say
    left_out = []
    if part.refused and part.example:
        line, why = part.example
        left_out.append(
            say(
                f"{part.refused:,} rows cannot be shown by this model's template. The first is row {line:,}: {why.en}.",
                f"有 {part.refused:,} 行无法用这个模型的模板表示，第一处是第 {line:,} 行：{why.zh}。",
            )
        )
    if part.no_answer:
        left_out.append(say(f"{part.no_answer:,} rows hold no answer to learn from.", f"有 {part.no_answer:,} 行没有可学习的回答。"))  # fmt: skip
    if part.kept_order:
        left_out.append(
            say(
                f"{part.kept_order:,} rows keep the order of their options.",
                f"有 {part.kept_order:,} 行保持原有选项顺序。",
            )
        )
    more = notice("\n".join(left_out)) if left_out else Markup()
    if not part.rows:
        return fill("<p>{}</p>", say("There are no rows to learn from.", "没有可学习的数据行。")) + more
    counts = sorted(part.counts.items())
    reach = _reach(counts, part.rows)
    width = -(-reach // _BARS)
    bars = [0] * -(-reach // width)
    for tokens, count in counts:
        bars[min((tokens - 1) // width, len(bars) - 1)] += count
    tall = max(bars)
    step = _WIDTH / len(bars)
    drawn = join(
        fill(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" data-from="{}"><title>{}</title></rect>',
            index * step,
            _HEIGHT - _tall(count, tall),
            step - 1,
            _tall(count, tall),
            index * width + 1,
            _bar(context, index, width, count, len(bars), part.longest),
        )
        for index, count in enumerate(bars)
    )
    return fill(
        '<figure class="lengths-plot" data-counts="{counts}" data-reach="{reach}" data-words="{words}">'
        '<svg viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{label}">{bars}'
        '<line class="cut-line" y1="0" y2="{h}"/></svg>'
        '<div class="length-axis"><span>1</span><span>{end}</span></div>'
        '<label><span>{cut}</span><input type="range" min="16" max="{slide}" step="1"></label>'
        '<output role="status"></output></figure>{more}',
        counts=json.dumps(counts),
        reach=len(bars) * width,
        words=json.dumps(_words(context)),
        w=_WIDTH,
        h=_HEIGHT,
        label=say(
            f"Lengths of {part.rows:,} rows; the longest has {part.longest:,} tokens",
            f"{part.rows:,} 行数据的长度；最长 {part.longest:,} 个 token",
        ),
        bars=drawn,
        end=f"{part.longest:,}" if reach >= part.longest else f"≥ {(len(bars) - 1) * width + 1:,}",
        cut=say("Cut at", "截断长度"),
        slide=max(len(bars) * width, 1024),
        more=more,
    )


def _words(context: Context) -> dict[str, str]:
    """Return the sentences that the script puts numbers into."""
    return {
        "over": context.say(
            "{over} of {rows} rows ({share}) are longer than {cut} tokens; the longest has {longest}.",
            "{rows} 行中有 {over} 行（{share}）超过 {cut} 个 token；最长 {longest} 个。",
        ),
        "none": context.say(
            "None of {rows} rows is longer than {cut} tokens; the longest has {longest}.",
            "{rows} 行都不超过 {cut} 个 token；最长 {longest} 个。",
        ),
    }


def _reach(counts: list[tuple[int, int]], rows: int) -> int:
    """Return how far the bars reach: to the longest row, unless a few are far longer than all others."""
    passed, nearly_all = 0, counts[-1][0]
    for tokens, count in counts:
        passed += count
        if passed >= 0.99 * rows:
            nearly_all = tokens
            break
    longest = counts[-1][0]
    return longest if longest <= _FAR * nearly_all else round(1.5 * nearly_all)


def _tall(count: int, tallest: int) -> float:
    """Return a bar's height; a single row is seen, too."""
    return max(2.0, _HEIGHT * count / tallest) if count else 0.0


def _bar(context: Context, index: int, width: int, count: int, bars: int, longest: int) -> str:
    first, last = index * width + 1, longest if index == bars - 1 else (index + 1) * width
    return context.say(f"{first:,}–{last:,} tokens: {count:,} rows", f"{first:,}–{last:,} 个 token：{count:,} 行")
