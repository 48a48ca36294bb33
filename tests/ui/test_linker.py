"""The modules of the page's script, linked into one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from studio.ui import scripts
from studio.ui.linker import link
from tests.ui.bare import Bare

SOURCES = {
    "main": 'import { up, Box } from "./a.js";\nimport * as b from "./b.js";\nwindow.heard = [up(1), new Box(2).held, b.name, b.down(5), typeof mine];',
    "a": 'import { down as less, name } from "./b.js";\nconst mine = "a";\nexport function up(n) {\n  return less(n + 2) + mine + name;\n}\nexport class Box {\n  constructor(held) { this.held = held; }\n}',
    "b": 'import { up } from "./a.js";\nconst mine = 1;\nexport const { name, rest } = { name: "b", rest: up };\nexport function down(n) {\n  return n - mine;\n}',
}  # fmt: skip


def test_modules_in_a_circle_do_linked_what_they_do_alone(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("data:text/html,")
    page.add_script_tag(content=link(SOURCES, "main"), type="module")
    assert page.evaluate("window.heard") == ["2ab", 2, "b", 4, "undefined"]
    page.close()


def test_the_page_loads_one_script_and_it_goes_to_work(bare: Bare) -> None:
    asked: list[str] = []
    with bare.page() as page:
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        with page.expect_request("**/studio/parts"):
            page.add_script_tag(url=f"/studio/assets/{scripts.edition()}/{scripts.LINKED}", type="module")
        assert [name for name in asked if name.endswith(".js")] == [scripts.LINKED]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a", "export default 1;", "a.js: cannot be linked: export default 1;"),
        ("a", "export let up = 1;", "a.js: cannot be linked: export let up = 1;"),
        ("a", 'import up from "./b.js";', "a.js: cannot be linked: import up"),
        ("a", 'import { up } from "./c.js";', "there is no module c.js"),
        ("main", 'import { up, none } from "./a.js";', "main.js: a.js exports no function none"),
        ("b", 'import { Box } from "./a.js";', "b.js: a.js exports no function Box"),
    ],
)
def test_what_the_linker_does_not_know_it_refuses(name: str, text: str, said: str) -> None:
    with pytest.raises(ValueError) as error:
        link({**SOURCES, name: text}, "main")
    assert said in str(error.value)


def test_each_module_is_linked_once() -> None:
    text = scripts.linked()
    for path in scripts.modules().values():
        assert text.count(f"function* {path.stem}$()") == 1
