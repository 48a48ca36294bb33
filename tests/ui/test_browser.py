"""A person's way through the page, in Chromium: the run outlives the tab, the server and the restart."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from studio.core.files import write_json
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.kinds import KINDS
from studio.runs.launch import start
from studio.runs.store import RunStore
from tests.ui.conftest import Studio, recipe_of, says, until

FORMS = {"data": "dataset", "train": "train", "knowledge": "knowledge", "evaluate": "evaluate"}


def steps(run: Run) -> int:
    done = [event["done"] for event in read_events(run.events_file)[0] if event["type"] == "progress" and event["unit"] == "steps"]  # fmt: skip
    return max(done, default=0)


def open_tab(browser: Browser, studio: Studio, tab: str, language: str = "") -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}{language}#{tab}")
    page.wait_for_selector(f"#tab-{tab}:visible")
    if tab in FORMS:
        page.wait_for_selector(f"body.ready-{FORMS[tab]}")
    return page


def make_dataset(workspace: Workspace, few_rows: Path, name: str = "few") -> None:
    recipe = KINDS.load("dataset").recipe.model_validate(
        {"kind": "dataset", "name": name, "sources": [{"file": str(few_rows), "layout": "qa"}]}
    )
    run = start(workspace, recipe)
    until(lambda: not run.active())
    assert run.status() == "finished", run.log_file.read_text()


def open_training(browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path, few_rows: Path) -> Page:
    """Start the studio with a model and a dataset, and open the form that trains one on the other."""
    (workspace.models / "tiny").symlink_to(tiny_model)
    make_dataset(workspace, few_rows)
    studio.start()
    return open_tab(browser, studio, "train", "en/")


def test_a_training_outlives_tab_and_server(
    browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path, few_rows: Path
) -> None:
    page = open_training(browser, studio, workspace, tiny_model, few_rows)
    form = page.locator("#tab-train")
    form.locator("label", has_text="What the result is called").locator("input, textarea").fill("outlives")
    form.get_by_label("Stop after steps").fill("400")
    form.get_by_label("Batch size").fill("1")
    recipe = recipe_of(page, "train")
    for line in ("max_steps: 400", "name: outlives", "dataset: few"):
        says(recipe, line)
    rows = RunStore(workspace).all("dataset")[0].result()["metrics"]["train"]  # type: ignore[index]
    expect(form.locator(".forecast")).to_contain_text(f"{rows:.0f} rows × 3 epochs → {3 * rows:.0f} steps")
    form.get_by_role("button", name="Start", exact=True).click()
    until(lambda: bool(RunStore(workspace).all("train")), 20)
    expect(form.locator(".live .title")).to_contain_text("outlives")
    run = RunStore(workspace).all("train")[0]
    until(lambda: steps(run) >= 3 or not run.active())
    assert run.active(), run.log_file.read_text()
    page.close()

    studio.kill()
    seen = steps(run)
    until(lambda: steps(run) > seen)

    studio.start()
    page = open_tab(browser, studio, "train")  # the other language, another browser tab, a restarted server
    panel = page.locator("#tab-train .live")
    expect(panel.locator(".title")).to_contain_text("outlives", timeout=15_000)
    expect(panel.locator("figure.plot").first).to_be_visible(timeout=15_000)
    expect(panel.locator("polyline").first).to_be_attached()
    until(lambda: not run.active(), 180)
    assert run.status() == "finished", run.log_file.read_text()
    expect(panel.locator(".chip.finished")).to_be_visible(timeout=15_000)
    last = run.log_file.read_text().strip().splitlines()[-1].strip()
    expect(panel.locator("pre.log")).to_contain_text(last, timeout=15_000)  # the log comes by a poll of its own
    with page.expect_popup() as opened:
        panel.get_by_text("打开完整日志").click()
    whole = opened.value.locator("body").inner_text()
    assert run.log_file.read_text().splitlines()[0].strip() in whole
    page.close()


def test_a_late_answer_leaves_alone_what_was_done_meanwhile(
    browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path, few_rows: Path
) -> None:
    make_dataset(workspace, few_rows, "other")
    page = open_training(browser, studio, workspace, tiny_model, few_rows)
    form = page.locator("#tab-train")
    recipe = recipe_of(page, "train")
    says(recipe, "dataset: few")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)

    page.evaluate("location.hash = '#train=dataset:other'")
    page.wait_for_timeout(200)  # the link is on its way now
    form.get_by_label("Batch size").fill("3")
    form.locator("label", has_text="What the result is called").locator("input, textarea").fill("mine")
    expect(form.get_by_label("Dataset", exact=True)).to_have_value("other")
    for written in ("dataset: other", "batch_size: 3", "name: mine"):
        says(recipe, written)
    expect(form.get_by_label("Batch size")).to_have_value("3")

    form.get_by_label("Stop after steps").fill("1")
    form.get_by_role("button", name="Start", exact=True).click()
    expect(form.locator(".block.said")).to_contain_text("Started mine")
    page.wait_for_timeout(4000)  # by now the answer to the last edit has come as well
    expect(form.locator(".block.said")).to_contain_text("Started mine")
    page.close()


def test_an_open_page_says_that_the_server_is_gone_and_comes_back(browser: Browser, studio: Studio) -> None:
    studio.start()
    page = open_tab(browser, studio, "runs", "en/")
    studio.kill()
    expect(page.locator(".toast.shown")).to_contain_text("Lost the connection", timeout=10_000)
    studio.start()
    expect(page.locator(".toast.shown.warn")).to_have_count(0, timeout=20_000)
    expect(page.locator("#tab-runs")).to_be_visible(timeout=20_000)
    page.close()


def test_a_chat_says_that_the_server_is_gone_and_is_healed(browser: Browser, studio: Studio) -> None:
    """No live part is on that tab."""
    studio.start()
    page = open_tab(browser, studio, "chat", "en/")
    page.evaluate("window.before = true")
    studio.kill()
    expect(page.locator(".toast.shown")).to_contain_text("Lost the connection", timeout=15_000)
    studio.start()
    page.wait_for_function("!window.before", timeout=30_000)  # the page of the new server
    expect(page.locator("#chat-send")).to_be_visible(timeout=20_000)
    page.close()


def test_an_untouched_form_offers_what_has_just_been_made(
    browser: Browser, studio: Studio, workspace: Workspace, tiny_model: Path, few_rows: Path
) -> None:
    page = open_training(browser, studio, workspace, tiny_model, few_rows)
    recipe = recipe_of(page, "train")
    says(recipe, "dataset: few")
    form = page.locator("#tab-train")
    form.get_by_label("Batch size").fill("3")
    says(recipe, "batch_size: 3")
    page.wait_for_timeout(11_000)  # until it asks seldom: a run may begin and end unseen
    make_dataset(workspace, few_rows, "newer")
    expect(recipe).to_have_value(re.compile("dataset: newer"), timeout=20_000)
    says(recipe, "batch_size: 3")
    page.reload()
    page.wait_for_selector("body.ready-train")
    recipe_of(page, "train")
    says(recipe, "dataset: newer")
    form.locator("#field-train-dataset input").fill("few")
    page.keyboard.press("Enter")
    says(recipe, "dataset: few")
    make_dataset(workspace, few_rows, "newest")
    page.locator("#tab-home-button").click()
    page.locator("#tab-train-button").click()
    page.wait_for_timeout(2_000)
    says(recipe, "dataset: few")  # chosen by hand
    page.close()


def test_an_idle_page_asks_seldom(browser: Browser, studio: Studio) -> None:
    studio.start()
    page = open_tab(browser, studio, "home", "en/")
    expect(page.locator("#tab-home")).to_contain_text("GPU", timeout=15_000)
    page.wait_for_timeout(2_000)
    asked: list[int] = []
    page.on("response", lambda response: asked.append(int(response.headers.get("content-length", 0))))
    page.wait_for_timeout(9_500)
    assert 1 <= len(asked) <= 4 and sum(asked) < 25_000, asked  # 150 KB a minute
    page.close()


def test_yaml_and_form_follow_each_other_and_faults_show_at_once(browser: Browser, studio: Studio) -> None:
    studio.start()
    page = open_tab(browser, studio, "train", "en/")
    form = page.locator("#tab-train")
    code = recipe_of(page, "train")
    says(code, "kind: train")
    expect(code).to_be_disabled()  # read alone, until it is asked for
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".toast.shown.good")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code.input_value()
    form.get_by_role("button", name="Edit YAML").click()
    expect(code).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("kind: train\nname: bad name!\nrank: 7\nepochs: -1\nfoo: 3\n")
    said = form.locator(".notice.warn")
    for line in ("Dataset (dataset): required", "line 2", "line 4", "line 5"):
        expect(said).to_contain_text(line)
    expect(form.get_by_label("LoRA rank")).to_have_value("7")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector("body.ready-train")
    expect(form.get_by_label("LoRA rank")).to_have_value("7")  # a reload keeps the form
    page.locator("a.language").click()
    page.wait_for_url("**/#train")
    page.wait_for_selector("#tab-train:visible")  # the other language, the same tab
    page.wait_for_selector("body.ready-train")
    form.get_by_role("button", name="开始").click()
    expect(form.locator(".notice.warn")).to_contain_text("第 2 行")
    assert RunStore(studio.workspace).all() == []
    page.close()


def test_an_upload_becomes_a_source_and_a_run_can_be_removed(
    browser: Browser, studio: Studio, workspace: Workspace, few_rows: Path
) -> None:
    studio.start()
    page = open_tab(browser, studio, "data")
    form = page.locator("#tab-data")
    form.locator("input[type=file]").set_input_files(few_rows)
    expect(form.locator(".rows-line input")).to_have_value(re.compile(r"^uploads/.+/few\.jsonl$"))
    expect(form.locator(".notice.good")).to_contain_text("问答（qa）· 40 行 · 首行：")
    (few_rows.parent / "wrong.csv").write_text("a,b\n1,2\n")
    form.locator("input[type=file]").set_input_files(few_rows.parent / "wrong.csv")
    expect(form.locator(".drop .notice.warn")).to_contain_text("先回答一个问题")  # it is kept, to be mapped
    expect(form.locator(".rows-line")).to_have_count(2)
    form.get_by_role("button", name="删除这一行").last.click()
    form.get_by_role("button", name="开始").click()
    expect(form.locator(".chip.finished")).to_be_visible(timeout=60_000)
    expect(form.locator(".counts")).to_contain_text("训练集")
    form.get_by_role("button", name="开始").click()
    expect(form.locator(".notice.good .hint")).to_contain_text("此前已有 1 次同名运行")
    until(lambda: all(run.status() == "finished" for run in RunStore(workspace).all()))
    for left in (1, 0):
        form.get_by_role("button", name="删除", exact=True).click()
        page.locator("dialog.ask").get_by_role("button", name="删除").click()
        until(lambda left=left: len(RunStore(workspace).all()) == left)  # type: ignore[misc]
    expect(form.locator(".empty")).to_be_visible()
    page.close()


def test_pasted_composed_and_deleted_text_counts_and_start_runs_once(
    browser: Browser, studio: Studio, few_rows: Path
) -> None:
    studio.start()
    page = open_tab(browser, studio, "data", "en/")
    form = page.locator("#tab-data")
    code, name = recipe_of(page, "dataset"), form.locator("#field-dataset-name textarea, #field-dataset-name input")
    form.locator("input[type=file]").set_input_files(few_rows)
    says(code, "few.jsonl")
    name.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(code).not_to_have_value(re.compile("name:"))
    page.context.new_cdp_session(page).send("Input.insertText", {"text": "心内科"})  # as an input method does
    says(code, "name: 心内科")
    page.keyboard.press("Control+A")
    page.evaluate("document.execCommand('insertText', false, 'pasted')")
    begin = form.get_by_role("button", name="Start", exact=True)
    begin.click()  # at once: the YAML may not have followed yet
    begin.click(force=True)
    expect(form.locator(".said .notice.good")).to_contain_text("Started pasted; progress is below.")
    expect(form.locator(".live .title")).to_contain_text("pasted")
    assert [run.name for run in RunStore(studio.workspace).all()] == ["pasted"]
    expect(page.locator(".toast-body")).to_have_count(0)  # Gradio's own, for what our handlers did not take
    page.close()


def test_the_form_leaves_broken_yaml_and_comments_alone(browser: Browser, studio: Studio) -> None:
    studio.start()
    page = open_tab(browser, studio, "train", "en/")
    form = page.locator("#tab-train")
    code, rank = recipe_of(page, "train"), form.get_by_label("LoRA rank")
    form.get_by_role("button", name="Edit YAML").click()
    code.fill("# mine\nkind: train\nname: m\nrank: 7  # small\nseed: [\n")
    expect(form.locator(".notice.warn").first).to_be_visible()
    rank.fill("9")
    expect(form.locator(".notice.warn").first).to_contain_text("Fix it before you edit the form")
    says(code, "rank: 7  # small")
    code.fill("# mine\nkind: train\nname: m\nmethod:\n  name: lora\n  rank: 7  # small\n")
    expect(rank).to_have_value("7")
    rank.fill("9")
    says(code, "rank: 9  # small")
    says(code, "# mine")
    form.get_by_label("Full").check()
    expect(rank).to_have_count(0)  # its options go with a method
    says(code, "method: full")
    form.get_by_label("QLoRA").check()
    rank.fill("5")
    says(code, "rank: 5")
    form.get_by_text("More options").last.click()  # below the fold there are choices too
    form.get_by_label("TensorBoard").check()
    form.get_by_label("Folder").fill("/data/logs")
    says(code, "folder: /data/logs")
    expect(page.locator(".toast-body")).to_have_count(0)
    page.close()


# Each frame: whether anything of a form or of the chat is seen that is not as this browser left it.
_PAINTED = """() => {
  window.wrong = [];
  const seen = (box) => box && box.offsetParent && getComputedStyle(box).visibility === "visible";
  const look = () => {
    const box = document.querySelector("#field-train-batch_size input");
    if (seen(box) && box.value !== "3") window.wrong.push(`batch size ${box.value}`);
    const send = document.querySelector("#chat-input");
    if (seen(send) && !document.querySelector("#chat-send")?.offsetParent) window.wrong.push("no Send");
    requestAnimationFrame(look);
  };
  look();
}"""


def test_the_keyboard_reaches_everything_and_a_reload_paints_nothing_wrong(browser: Browser, studio: Studio) -> None:
    studio.start()
    page = open_tab(browser, studio, "train", "en/")
    form = page.locator("#tab-train")

    def tab_to(selector: str, most: int = 40) -> int:
        for count in range(most):
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return count
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {selector}")

    page.locator("#field-train-model input").focus()
    expect(form.locator("[role=listbox]")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#field-train-model [role=combobox]")).to_have_attribute("aria-expanded", "false")
    form.get_by_label("Batch size").fill("3")
    tab_to("button.begin")
    expect(form.locator("[role=listbox]")).to_have_count(0)
    assert tab_to("button.check") == 1
    assert tab_to(".recipe .label-wrap") == 1
    page.keyboard.press("Enter")
    expect(form.locator(".beneath button").first).to_be_visible()
    tab_to(".beneath button", 4)
    page.keyboard.press("Enter")
    text = page.locator("#recipe-train textarea")
    expect(text).to_be_focused()
    says(text, "batch_size: 3")
    before = text.input_value()
    page.keyboard.press("Tab")
    expect(text).not_to_be_focused()
    assert text.input_value() == before
    page.add_init_script(f"({_PAINTED})()")
    page.reload()
    page.wait_for_selector("body.ready-train")
    expect(form.get_by_label("Batch size")).to_have_value("3")
    page.locator("#tab-chat-button").click()
    expect(page.locator("#chat-send")).to_be_visible()
    page.reload()
    page.wait_for_selector("body.ready-chat")
    expect(page.locator("#chat-send")).to_be_visible()
    assert page.evaluate("window.wrong") == []
    page.close()


def finished(run: Run, output: str, *files: str) -> None:
    """Leave a run as its worker would at the end."""
    (run.path / output).mkdir()
    for name in files:
        (run.path / output / name).write_text('{"splits": {"train": 1}}')
    write_json(run.result_file, {"status": "finished", "outputs": {output: output}})


def test_links_choose_what_they_name_and_back_leads_back(
    browser: Browser, studio: Studio, new_run: Callable[..., Run]
) -> None:
    few, many = (new_run("dataset", name=name, sources=[{"file": "a.jsonl"}]) for name in ("few", "many"))
    base, other = (new_run("knowledge", name=name, sources=["a.md"], embedder="e") for name in ("base", "other"))
    for run in (few, many):
        finished(run, "dataset", "dataset.json", "train.jsonl")
    for run in (base, other):
        finished(run, "knowledge", "manifest.json")
    studio.start()
    page = open_tab(browser, studio, "home", "en/")
    page.goto(f"{studio.url}en/#runs={few.id}")
    page.get_by_role("link", name="Train on it").click()
    expect(page.locator("#field-train-dataset input")).to_have_value("few")
    page.go_back()
    expect(page.locator("#tab-runs .title")).to_contain_text("few")
    page.go_back()
    expect(page.locator("#tab-home")).to_be_visible()
    page.goto(f"{studio.url}en/#evaluate=dataset:few+kb:base")
    expect(page.locator("#field-evaluate-dataset input")).to_have_value("few")
    expect(page.locator("#field-evaluate-knowledge input")).to_have_value("base")
    page.goto(f"{studio.url}en/#runs={base.id}")
    page.get_by_role("link", name="Ask with it").click()
    chosen = page.locator("#tab-chat").get_by_label("Knowledge base", exact=True)
    expect(chosen).to_have_value("base")
    page.locator("#tab-chat").get_by_label("Model", exact=True).click()
    page.locator("#chat-input textarea").fill("Who?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .notice.warn")).to_be_visible()
    page.reload()
    expect(chosen).to_have_value("base")
    expect(page.locator(".turn .asked")).to_contain_text("Who?")
    expect(page.locator(".toast-body")).to_have_count(0)
    page.close()
