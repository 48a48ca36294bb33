"""What a rented machine costs, and what is said before it is gone."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import psutil
import pytest

from studio.core.errors import InputError
from studio.core.text import both
from studio.core.workspace import Workspace
from studio.data.recipe import DatasetRecipe
from studio.runs import bill
from studio.runs.outlook import outlook
from studio.runs.recipes import load_recipe
from studio.runs.rental import PRICE, UNTIL, End, Price, Rental, read_rental
from studio.runs.store import RunStore
from studio.runs.view import Progress, View, progress_of

NOW = dt.datetime(2026, 12, 1, 20, 0, tzinfo=dt.UTC)
RECIPE = DatasetRecipe(name="d", sources=[{"file": "uploads/few.jsonl"}])
WORKING = View("20261201-200000-train-x", "train", "x", "running", "", both(""), "train", Progress())


def ends_in(seconds: float, per_hour: float = 2.5) -> Rental:
    end = End(NOW.timestamp() + seconds, both("the rental"), both(UNTIL))
    return Rental(Price(per_hour, behind="CNY"), end)


@pytest.mark.parametrize(
    ("given", "said"),
    [("2.5 CNY", "5.00 CNY"), ("$0.40", "$0.80"), ("3", "6.00"), ("¥ 1.88", "¥3.76"), ("2.5 元", "5.00 元")],
)
def test_a_price_in_any_currency(given: str, said: str) -> None:
    price = read_rental({PRICE: given}).price
    assert price is not None and price.of(7200) == said


@pytest.mark.parametrize(
    "environ", [{PRICE: "dear"}, {PRICE: "0 CNY"}, {PRICE: "1.2.3"}, {UNTIL: "tomorrow"}, {UNTIL: "25:00"}]
)
def test_a_faulty_setting_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        read_rental(environ)
    [(name, given)] = environ.items()
    assert caught.value.where == name and given in caught.value.message.en


def test_a_clock_s_time_does_not_move_on_to_tomorrow() -> None:
    began = dt.datetime.fromtimestamp(psutil.Process().create_time()).astimezone()
    clock = (began + dt.timedelta(minutes=1)).strftime("%H:%M")
    end = read_rental({UNTIL: clock}).end
    assert end is not None and 0 <= end.moment - began.timestamp() <= 60


def test_a_platform_is_known_and_the_user_knows_better() -> None:
    session = read_rental({"KAGGLE_KERNEL_RUN_TYPE": "Interactive"}).end
    assert session is not None and "Kaggle" in session.what.zh
    assert session.moment == psutil.Process(1).create_time() + 12 * 3600
    told = read_rental({"COLAB_RELEASE_TAG": "release", UNTIL: "2026-12-02 22:00+00:00"}).end
    assert told is not None and told.moment == dt.datetime(2026, 12, 2, 22, tzinfo=dt.UTC).timestamp()
    assert read_rental({}) == Rental()


def test_before_the_start() -> None:
    cost, warned = bill.ahead(ends_in(3600), RECIPE, 3000, NOW)
    assert (cost.en, warned) == ("≈ 2.08 CNY", ())
    _, [warning] = bill.ahead(ends_in(3600), RECIPE, 5400, NOW)
    assert "about 30 min before this is done" in warning.en and "早约 30 分" in warning.zh
    at_ten = RECIPE.model_copy(update={"at": "22:00"})
    assert "before this begins" in bill.ahead(ends_in(3600), at_ten, 0, NOW)[1][0].en
    assert bill.ahead(Rental(), RECIPE, 5400, NOW) == (both(""), ())
    assert bill.ahead(ends_in(3600), RECIPE, 0, NOW) == (both(""), ())


def test_what_is_about_to_be_lost_is_said_while_it_can_be_saved() -> None:
    now = NOW.timestamp()
    seen = replace(WORKING, progress=Progress(30, 100, "steps", 4200.0, 20, saved_at=now - 600))
    told = bill.alarm(ends_in(2400), seen, now)
    assert told is not None
    assert told.en.startswith("The rental ends in 40 min; 1 h 10 min are left to do: the last checkpoint is from 2026-")
    assert "(20 of 100 steps)" in told.en and "stop this run before then" in told.en
    assert "最近的检查点保存于" in told.zh
    unsaved = bill.alarm(ends_in(2400), replace(seen, progress=Progress(30, 100, "steps", 4200.0)), now)
    assert unsaved is not None and "stop" not in unsaved.en
    assert bill.alarm(ends_in(5000), seen, now) is None
    assert bill.alarm(ends_in(-1), seen, now) is None
    assert bill.alarm(ends_in(2400), replace(seen, status="stopped"), now) is None
    unknown = replace(seen, progress=Progress())
    assert bill.alarm(ends_in(2400), unknown, now) is None
    assert bill.alarm(ends_in(1200), unknown, now) is not None
    assert "answers no more" in str(bill.alarm(ends_in(1200), replace(unknown, kind="serve"), now))


def test_when_the_last_checkpoint_was() -> None:
    events = [
        {"time": float(second), "type": "progress", "done": second, "total": 9, "unit": "steps", "saved": saved}
        for second, saved in enumerate((0, 0, 2, 2, 2))
    ]
    assert progress_of(events, running=True).saved_at == 2.0


def test_a_run_s_cost_so_far_and_to_come(workspace: Workspace) -> None:
    run = RunStore(workspace).create(RECIPE, {})
    run.write_result("stopped", started=time.time() - 7200)
    ended = replace(WORKING, status="stopped")
    assert bill.spent(ends_in(0), run, ended).en == "Cost 5.00 CNY (at 2.50 CNY an hour)"
    assert bill.spent(Rental(), run, ended).en == ""
    dumped = bill.dump(ends_in(0), run, ended)
    assert dumped is not None and round(float(str(dumped["so_far"])), 2) == 5.0 and dumped["to_come"] is None


def test_the_outlook_warns_of_an_end_that_has_been(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    (workspace.uploads / "few.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    path = workspace.recipes / "d.yaml"
    path.write_text("kind: dataset\nname: d\nsources: [{file: uploads/few.jsonl}]\n")
    checked = load_recipe(workspace, str(path), [])
    before = outlook(checked).warnings
    monkeypatch.setenv(UNTIL, "2020-01-01 00:00")
    [*others, warned] = outlook(checked).warnings
    assert tuple(others) == before and UNTIL in warned.en
