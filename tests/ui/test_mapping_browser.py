"""Files whose columns no name tells, dropped on the form, mapped there, and made into a dataset: as a person does it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from playwright.sync_api import Browser, Locator, Page, Route, expect

from studio.core.workspace import Workspace
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore
from studio.ui import scripts
from tests.ui.conftest import Studio, recipe_of, says, until
from tests.ui.test_accessibility import AXE, DAY, FIND, NIGHT

TABLE = [["内容", "处理", "备注"], *([f"第{n}种药过量怎么办？", f"用第{n}种拮抗剂", "旧"] for n in range(1, 9))]
PAIRS = [
    {"prompt": f"第{n}种药饭前吃还是饭后吃？", "chosen": f"请按说明书第{n}条服用。", "rejected": "随便。"}
    for n in range(8)
]


def open_form(browser: Browser, studio: Studio, language: str, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 1000})
    page.goto(f"{studio.url}{language}#data")
    page.wait_for_selector("body.ready-dataset")
    return page


def drop(page: Page, name: str, data: bytes) -> Locator:
    """Upload a file and return where it is said what it was understood as."""
    page.locator("#tab-data input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})
    place = page.locator("#tab-data .understood > section").filter(has=page.get_by_role("heading", name=name))
    expect(place).to_be_visible()
    return place


def as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as the smallest workbook."""
    types = '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    office, package = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://schemas.openxmlformats.org/package/2006/"  # fmt: skip
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>" for row in rows)  # fmt: skip
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def tables() -> dict[str, bytes]:
    """Return the same table in each form that the form takes."""
    text = "".join(",".join(row) + "\n" for row in TABLE)
    introduction = KINDS.load("dataset").introduction
    assert introduction is not None and introduction.uploads is not None
    sheets = {"表格.xlsx": as_xlsx(TABLE)} if ".xlsx" in introduction.uploads.suffixes() else {}
    return {"表格.csv": text.encode("gb18030"), **sheets}


def rows_of(workspace: Workspace) -> list[dict[str, object]]:
    """Return the rows of the only run, once it has finished."""
    until(lambda: bool(RunStore(workspace).all("dataset")))
    (run,) = RunStore(workspace).all("dataset")
    until(lambda: not run.active())
    assert run.status() == "finished", run.log_file.read_text()
    files = sorted((run.path / "dataset").glob("t*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_unknown_columns_are_mapped_on_the_form_and_become_a_dataset(
    browser: Browser, studio: Studio, workspace: Workspace
) -> None:
    studio.start()
    page = open_form(browser, studio, "")
    for name, data in tables().items():
        place = drop(page, name, data)
        expect(place.get_by_role("status").last).to_contain_text("第 2、3、4 … 行不采用", use_inner_text=False)
        asked = place.get_by_label("“内容”列的含义")
        asked.focus()
        asked.select_option(label="问题")
        expect(place.get_by_label("“处理”列的含义")).to_be_visible()
        expect(asked).to_be_focused()
        place.get_by_label("“处理”列的含义").select_option(label="答案")
        first = place.locator("summary").first
        expect(first).to_have_text("第 2 行变为：开放题 · 第1种药过量怎么办？ → 用第1种拮抗剂")
        expect(place.locator(".beside .stem").first).to_have_text("第1种药过量怎么办？")
        place.get_by_label("“备注”列的含义").select_option(label="忽略")
        expect(place.locator(".facts-of")).not_to_contain_text("未使用")
    recipe = recipe_of(page, "dataset", "")
    says(recipe, "内容: question")
    says(recipe, "ignore:\n  - 备注")
    recipe_text = recipe.input_value()
    page.get_by_role("button", name="编辑 YAML").click()
    recipe.fill(recipe_text.replace("处理: answer", "处理: explanation"))
    expect(first).to_contain_text("不采用")  # what the text says is shown in the table
    recipe.fill(recipe_text)
    expect(first).to_contain_text("变为")
    page.reload()
    page.wait_for_selector("body.ready-dataset")
    expect(page.locator(".understood summary").first).to_contain_text("第 2 行变为")
    page.get_by_role("button", name="开始", exact=True).click()
    rows = rows_of(workspace)
    assert {row["stem"] for row in rows} == {row[0] for row in TABLE[1:]}
    page.close()


def test_pairs_a_narrow_window_and_an_answer_that_comes_late(
    browser: Browser, studio: Studio, workspace: Workspace
) -> None:
    for name, answer in (("one.jsonl", "甲"), ("two.jsonl", "乙")):
        path = workspace.uploads / "20261127-000000-abcdef" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"question": "问", "answer": answer}) + "\n")
    studio.start()
    page = open_form(browser, studio, "en/", width=390)
    place = drop(page, "pairs.jsonl", "".join(json.dumps(row) + "\n" for row in PAIRS).encode())
    expect(place.locator("summary").first).to_contain_text("Line 1 becomes: preference · 第0种药")
    expect(place.locator("details[open] .beside > div").last.get_by_text("随便。")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = place.get_by_role("region")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth"), "the columns scroll inside their box"
    for item in place.locator("details").all():
        item.evaluate("item => { item.open = true; }")
    page.evaluate(AXE)
    assert page.evaluate(FIND, DAY) == []
    page.evaluate("document.body.classList.add('dark')")
    page.wait_for_timeout(500)  # colours change by and by
    assert page.evaluate(FIND, NIGHT) == []
    other = drop(page, "strange.csv", b"left,right\n1,2\n")
    page.locator(".rows-remove").first.click()
    expect(page.locator(".understood > section:visible")).to_have_count(1)
    expect(other).to_be_visible()
    recorded = page.evaluate(
        """(edition) => import(`${location.origin}/studio/assets/${edition}/mapping.js`).then((mapping) => {
            const bare = { file: "f" };
            const some = mapping.valueMeaning(mapping.meaning(mapping.meaning(bare, "a", "question"), "b", "ignore"), "c", "1", "keep");
            let back = mapping.valueMeaning(mapping.meaning(mapping.meaning(some, "a", ""), "b", ""), "c", "1", "");
            return [some, back, mapping.counting(bare, "0"), mapping.counting({ ...bare, answer_base: 1 }, ""),
                mapping.meaning({ ...bare, columns: { a: "question" } }, "a", "ignore")];
        })""",
        scripts.edition(),
    )
    mapped = {"file": "f", "columns": {"a": "question"}, "ignore": ["b"], "values": {"c": {"1": "keep"}}}
    bare = {"file": "f"}
    assert recorded == [mapped, bare, {**bare, "answer_base": 0}, bare, {**bare, "ignore": ["a"]}]

    waiting: list[Route] = []
    page.route("**/studio/understand", lambda route: waiting.append(route) if "one.jsonl" in str(route.request.post_data) else route.continue_())  # fmt: skip
    file = page.locator(".rows-line input").first
    with page.expect_request("**/studio/understand"):
        file.fill("uploads/20261127-000000-abcdef/one.jsonl")
    file.fill("uploads/20261127-000000-abcdef/two.jsonl")
    shown = page.locator(".understood > section:visible")
    expect(shown.locator("summary").first).to_contain_text("问 → 乙")
    assert waiting
    for route in waiting:
        route.fulfill(json={"html": "<h4>late</h4>", "said": "late"})
    page.wait_for_timeout(300)
    expect(shown).to_contain_text("问 → 乙")
    page.close()
