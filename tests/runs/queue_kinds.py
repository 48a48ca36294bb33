"""Kinds whose runs wait: for a device, for one another, for their time."""

from __future__ import annotations

from contextlib import suppress

import psutil

from studio.core.workspace import Workspace
from studio.runs import queue

HEAVY = """
import os
import time
from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import both
from studio.runs.job import Outcome
from studio.runs.kind import Kind


class HeavyRecipe(Recipe):
    kind: Literal["heavy"] = "heavy"
    seconds: float = option(0.0, label=both("seconds"), help=both("seconds"))


def work(recipe, job):
    with (job.workspace.root / "order.txt").open("a") as file:
        print(recipe.name, file=file)
    (job.path / "device").write_text(os.environ.get("STUDIO_SLOT", ""))
    end = time.monotonic() + recipe.seconds
    while time.monotonic() < end:
        job.check_stop()
        time.sleep(0.02)
    return Outcome()


KIND = Kind(HeavyRecipe, work, both("Heavy"))
"""
"""A kind that needs a device, writes down that it ran, and lasts as long as it is told."""

LIGHT = """
from typing import Literal

from studio.core.recipe import Recipe
from studio.core.text import both
from studio.runs.job import Outcome
from studio.runs.kind import Kind


class LightRecipe(Recipe):
    kind: Literal["light"] = "light"


KIND = Kind(LightRecipe, lambda recipe, job: Outcome(), both("Light"), heavy=False)
"""

PRODUCT = """
from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.sort import Sort
from studio.core.text import both
from studio.runs.job import Outcome
from studio.runs.kind import Kind, Product


class ProductRecipe(Recipe):
    kind: Literal["product"] = "product"
    seconds: float = option(0.0, label=both("seconds"), help=both("seconds"))


def work(recipe, job):
    import time

    end = time.monotonic() + recipe.seconds
    while time.monotonic() < end:
        job.check_stop()
        time.sleep(0.02)
    (job.path / "thing").mkdir(exist_ok=True)
    (job.path / "thing" / "thing.json").write_text("{}")
    return Outcome({"thing": "thing"})


THING = Sort("thing", both("thing"), ("thing.json",))
KIND = Kind(ProductRecipe, work, both("Product"), makes=(Product(THING, "thing"),))
"""

SERVER = """
import time
from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import both
from studio.runs.job import Outcome
from studio.runs.kind import Kind


class ServerRecipe(Recipe):
    kind: Literal["server"] = "server"
    idle: float = option(100.0, label=both("idle"), help=both("idle"))
    thing: str = option("", label=both("thing"), help=both("thing"), refers="thing")


def work(recipe, job):
    while True:
        job.check_stop()
        time.sleep(0.02)


KIND = Kind(
    ServerRecipe, work, both("Server"), heavy=False, stays_up=True,
    idle_s=lambda run: run.recipe_values()["idle"] or None,
)
"""
"""A kind that stays up, and has been idle for as long as its recipe says; 0: it is at work."""

USES = """
from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import both
from studio.runs.job import Outcome
from studio.runs.kind import Kind


class UsesRecipe(Recipe):
    kind: Literal["uses"] = "uses"
    thing: str = option(label=both("thing"), help=both("thing"), refers="thing")


def work(recipe, job):
    (job.locate("thing") / "thing.json").read_text()
    return Outcome()


KIND = Kind(UsesRecipe, work, both("Uses"))
"""


def order(workspace: Workspace) -> list[str]:
    file = workspace.root / "order.txt"
    return file.read_text().split() if file.exists() else []


def schedulers(workspace: Workspace) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.Error):
            told = process.info["cmdline"] or []
            if "studio.scheduler" in told and process.environ().get("STUDIO_WORKSPACE") == str(workspace.root):
                found.append(process)
    return found


def names(workspace: Workspace) -> list[str]:
    return [run.name for run in queue.waiting(workspace)]
