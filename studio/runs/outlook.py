"""What is told of a recipe before it is started: amounts, minutes and warnings, in words."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.errors import InputError
from studio.core.text import Text, both
from studio.core.timing import local_now
from studio.runs import bill
from studio.runs.estimate import Estimate, estimate
from studio.runs.forecast import Amount, Forecast
from studio.runs.kinds import KINDS
from studio.runs.recipes import Checked
from studio.runs.rental import read_rental

NOTHING = both("")


@dataclass(frozen=True)
class Outlook:
    """What lies before a recipe: empty where nothing is known.

    Args:
        work: how much it is.
        time: how long it will take, and how that is known.
        cost: what that costs, where the user said what an hour does.
        warnings: what its user should know before.
    """

    work: Text = NOTHING
    time: Text = NOTHING
    cost: Text = NOTHING
    warnings: tuple[Text, ...] = ()

    @property
    def line(self) -> Text:
        """Work, time and cost on one line."""
        return Text(*(" · ".join(filter(None, said)) for said in zip(self.work, self.time, self.cost, strict=True)))


def forecast_of(checked: Checked) -> Forecast:
    """Return what a recipe's kind foresees; nothing where what it names cannot be read, which the run will tell."""
    try:
        return KINDS.load(checked.recipe.kind).forecast(checked.recipe, checked.resolved)
    except (InputError, OSError):
        return Forecast()


def outlook(checked: Checked) -> Outlook:
    """Return what is known of a recipe before it is started.

    Raises:
        InputError: what the environment says of the rental is at fault.
    """
    found = forecast_of(checked)
    takes = estimate(checked.recipe, checked.resolved, found.work)
    cost, warned = bill.ahead(read_rental(), checked.recipe, takes.seconds if takes else 0.0, local_now())
    return Outlook(
        _amounts(found.amounts), _time(takes) if takes else NOTHING, cost, warnings=(*found.warnings, *warned)
    )


def _amounts(amounts: tuple[Amount, ...]) -> Text:
    en = zh = ""
    for amount in amounts:
        sign = f" {amount.sign or '·'} " if en else ""
        en += f"{sign}{_figure(amount.count)} {_singular(amount)}"
        zh += f"{sign}{_figure(amount.count)} {amount.unit.zh}"
    return Text(en, zh)


def _singular(amount: Amount) -> str:
    return amount.unit.en.removesuffix("s") if amount.count == 1 else amount.unit.en


def _figure(count: float) -> str:
    return f"{count:,.0f}" if count == int(count) else f"{count:,.2f}".rstrip("0")


def _time(takes: Estimate) -> Text:
    length = about(takes.seconds)
    if takes.rough:
        return Text(
            f"{length.en} (roughly, by {takes.run}: another model, setting or machine)",
            f"{length.zh}（粗略估计，参照 {takes.run}：模型、设置或机器不同）",
        )
    return Text(f"{length.en} (at the speed of {takes.run})", f"{length.zh}（按上次 {takes.run} 的速度）")


def about(seconds: float) -> Text:
    """Return a length of time as one says it before: no more exactly than it is known.

    >>> about(20).en, about(700).en, about(11_000).zh
    ('less than a minute', 'about 12 min', '约 3 小时 5 分钟')
    """
    if seconds < 55:
        return Text("less than a minute", "不到 1 分钟")
    minutes = round(seconds / 60)
    if minutes < 90:
        return Text(f"about {minutes} min", f"约 {minutes} 分钟")
    hours, rest = divmod(5 * round(minutes / 5), 60)
    if hours >= 10 or not rest:
        hours = round(minutes / 60)
        return Text(f"about {hours} h", f"约 {hours} 小时")
    return Text(f"about {hours} h {rest} min", f"约 {hours} 小时 {rest} 分钟")
