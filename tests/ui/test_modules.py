"""The jobs of the page's script, each on a small page of its own: the modules from their served address, without Gradio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.bare import Bare, begin, put


@pytest.fixture(scope="module")
def modules(bare: Bare) -> Iterator[Page]:
    """A page that this file's tests share, whose `load(NAME)` gives a module."""
    with bare.page("announce") as page:
        yield page


def test_times_are_told_in_two_units(modules: Page) -> None:
    said = modules.evaluate("load('clock').then(({duration}) => [0, 59.6, 3600, 3725].map(duration))")
    assert said == ["0 s", "1 min 0 s", "1 h 0 min", "1 h 2 min"]


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        ("", ["home", "", ""]),
        ("#runs=a,b?kind=train&search=%E5%BF%83", ["runs", "a,b", "kind=train&search=%E5%BF%83"]),
        ("#chat%3Dmodel%3A%E5%BF%83", ["chat", "model:心", ""]),
        ("#%E0%A4%A", ["%E0%A4%A", "", ""]),
    ],
)
def test_an_address_is_taken_apart_whatever_was_typed(modules: Page, place: str, parts: list[str]) -> None:
    said: dict[str, Any] = modules.evaluate("place => load('router').then(({read}) => read(place))", place)
    assert [said["tab"], said["named"], said["words"]] == parts
    written = modules.evaluate("([tab, named, words]) => load('router').then((router) => router.written(tab, named, words))", parts)  # fmt: skip
    assert modules.evaluate("place => load('router').then(({read}) => read(place))", written) == said


def draw(page: Page, html: str) -> None:
    page.evaluate("html => load('parts').then(({replace}) => replace(document.querySelector('#place'), html))", html)


@pytest.mark.parametrize(
    ("before", "after", "focus", "then"),
    [
        ('<button data-post="run/a/stop">x</button>', '<i></i><button>y</button><button data-post="run/a/stop">z</button>', "button", "z"),
        ('<table><tr data-row="2" tabindex="0"><td>b</table>', '<table><tr data-row="1"><td>a<tr data-row="2" tabindex="0"><td>b</table>', "tr", "b"),
        ('<select data-param="kind"><option>1</select>', '<select data-param="sort"><option>0</select><select data-param="kind"><option>2</select>', "select", "2"),
        ('<button aria-label="Next">x</button>', '<button aria-label="Previous">p</button><button aria-label="Next">n</button>', "button", "n"),
        ('<button data-set="page=3">x</button>', '<button data-set="page=3" disabled>x</button><table><tr data-row="1" tabindex="0"><td>row</table>', "button", "row"),
    ],
)  # fmt: skip
def test_the_focus_stays_where_it_was(modules: Page, before: str, after: str, focus: str, then: str) -> None:
    draw(modules, before)
    modules.locator(f"#place {focus}").focus()
    draw(modules, after)
    expect(modules.locator(":focus")).to_have_text(then)


def test_what_was_unfolded_stays_so(modules: Page) -> None:
    draw(modules, "<details><summary>a</summary></details>")
    modules.locator("#place summary").click()
    draw(modules, "<details><summary>b</summary></details><details><summary>c</summary></details>")
    assert modules.evaluate("[...document.querySelectorAll('#place details')].map((item) => item.open)") == [
        True,
        False,
    ]


def test_a_start_and_an_end_are_announced_once(modules: Page) -> None:
    heard = []
    for run, status in (
        ("old", "running"),
        ("old", "finished"),
        ("old", "finished"),
        ("new", "running"),
        ("new", "failed"),
    ):
        draw(modules, f'<div class="title" data-run="{run}" data-status="{status}" data-said="{run} {status}"></div>')
        modules.evaluate("document.querySelector('#announced').textContent = ''")
        modules.evaluate("document.querySelector('#tab-home .live').dispatchEvent(new Event('drawn'))")
        heard.append(modules.locator("#announced").text_content())
    assert heard == ["", "old finished", "", "new running", "new failed"]


def test_questions_wait_and_messages_pass(modules: Page) -> None:
    for button, answer in (("Remove", True), ("Cancel", False)):
        modules.evaluate(
            "void load('dialogs').then(({confirmed}) => confirmed('Remove it?', 'Remove', 'danger').then((yes) => { window.yes = yes; }))"
        )
        dialog = modules.get_by_role("dialog", name="Remove it?")
        expect(dialog.get_by_role("button", name="Remove")).to_be_focused()
        dialog.get_by_role("button", name=button).click()
        modules.wait_for_function(f"window.yes === {json.dumps(answer)}")
    modules.evaluate(
        "void load('dialogs').then(({entered}) => entered('Tags', 'a').then((text) => { window.text = text; }))"
    )
    expect(modules.get_by_role("dialog").get_by_role("textbox")).to_have_value("a")
    modules.keyboard.press("Escape")
    modules.wait_for_function("window.text === null")
    modules.evaluate("load('dialogs').then(({toast}) => toast('<b>bold</b>', 'plain', true))")
    expect(modules.locator(".toast.shown b")).to_have_text("bold")
    modules.locator(".toast").click()
    expect(modules.locator(".toast.shown")).to_have_count(0)


def test_a_server_that_does_not_answer_is_said_and_so_is_its_return(modules: Page) -> None:
    ask = "load('server').then(({ask}) => ask('log/none').then((answer) => answer.status, (error) => error.name))"
    modules.route("**/studio/log/**", lambda route: route.abort())
    assert modules.evaluate(ask) == "TypeError"
    expect(modules.locator("body.lost .toast.shown")).to_have_text("gone")
    modules.unroute("**/studio/log/**")
    assert modules.evaluate(ask) == 404
    expect(modules.locator(".toast.shown.good")).to_have_text("here")
    assert modules.evaluate("document.body.classList.contains('lost')") is False


def test_a_pace_is_of_the_last_seconds_and_begins_anew(modules: Page) -> None:
    rates = modules.evaluate("""load('pace').then(({Pace}) => {
        const pace = new Pace();
        pace.note(0, 0); pace.note(10, 500);
        const early = pace.rate();
        pace.note(40, 2000);
        const later = pace.rate();
        pace.restart();
        return [early, later, pace.rate()];
    })""")
    assert rates == [0, 20, 0]


def test_curves_are_smoothed_without_a_bias_at_their_beginning(modules: Page) -> None:
    assert (
        modules.evaluate(
            "load('curves').then(({smoothed}) => smoothed([2, 2, 2], 0.9).map((value) => value.toFixed(6)))"
        )
        == ["2.000000"] * 3
    )
    assert modules.evaluate("load('curves').then(({figure}) => [null, 0, 0.00012345, 1234567, 2.34567].map(figure))") == ["–", "0", "1.23e-4", "1.23e6", "2.346"]  # fmt: skip


@pytest.mark.parametrize("clipboard", [True, False])
def test_a_text_is_copied_with_and_without_a_clipboard_and_the_focus_stays(bare: Bare, clipboard: bool) -> None:
    with bare.page("actions") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.evaluate("window.board = navigator.clipboard")
        if not clipboard:  # as on a page that came over plain HTTP from elsewhere
            page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        for box, said in (
            ("<pre>a: 1\n# 心 &lt;b&gt;\n</pre>", "a: 1\n# 心 <b>\n"),
            ("<textarea>b: 2\n</textarea>", "b: 2\n"),
        ):
            put(page, f'<div class="copied">{box}<button class="copies">Copy</button></div>')
            page.get_by_role("button", name="Copy").focus()
            page.keyboard.press("Enter")
            expect(page.locator(".toast.shown.good")).to_have_text("Copied")
            assert page.evaluate("board.readText()") == said
            expect(page.get_by_role("button", name="Copy")).to_be_focused()
            page.locator(".toast").click()


def test_an_upload_is_told_until_it_was_heard_over_a_reload(bare: Bare) -> None:
    form = "<div id='uploaded-dataset'><textarea></textarea></div>"
    hears = """() => {
        window.told = [];
        document.querySelector("textarea").addEventListener("input", (event) => told.push(JSON.parse(event.target.value).kept));
        document.body.classList.add("ready-dataset");
    }"""
    untold = "load('kept').then(({untold}) => untold('dataset').map(({kept}) => kept))"
    with bare.page("kept") as page:
        put(page, form)
        page.evaluate("load('kept').then(({tell}) => tell('dataset', { kept: 'uploads/a', notice: '<p>2 rows</p>' }))")
        assert page.evaluate(untold) == ["uploads/a"], "the form was not there to hear it"
        page.reload()
        begin(page, "kept")
        put(page, form)
        page.evaluate(hears)
        page.evaluate("void load('kept').then(({deliver}) => deliver('dataset'))")
        page.wait_for_function("told.length === 1")
        page.evaluate("load('kept').then(({tell}) => tell('dataset', { kept: 'uploads/b' }))")
        assert page.evaluate("told") == [["uploads/a"]], "one message at a time"
        page.evaluate("window.dispatchEvent(new Event('studio-uploads-heard'))")
        page.wait_for_function("told.length === 2")
        assert page.evaluate("told[1]") == ["uploads/b"]
        page.evaluate("window.dispatchEvent(new Event('studio-uploads-heard'))")
        page.wait_for_function("sessionStorage.getItem('studio-uploaded-dataset') === '[]'")


def test_a_double_click_starts_once_and_a_start_leads_to_the_newest_run(bare: Bare) -> None:
    panel = '<div class="live" data-part="panel" data-q-kind="train" data-q-run="older"></div>'
    with bare.page("form") as page:
        page.evaluate("html => document.querySelector('#tab-home').insertAdjacentHTML('beforeend', html)", f'<button class="begin">Start</button>{panel}')  # fmt: skip
        page.evaluate("() => { window.starts = 0; document.querySelector('.begin').addEventListener('click', () => { starts += 1; }); }")  # fmt: skip
        begins, shown = page.get_by_role("button", name="Start"), page.locator("[data-q-kind]")
        tell = "html => window.dispatchEvent(new CustomEvent('studio-started', { detail: html }))"
        begins.dblclick()
        page.evaluate(tell, "<div class='notice'>a fault</div>")
        expect(shown).to_have_attribute("data-q-run", "older")
        assert page.evaluate("starts") == 1
        expect(begins).not_to_have_attribute("data-waits", "yes")
        begins.click()
        page.evaluate(tell, "<div data-started='x'>started</div>")
        expect(shown).not_to_have_attribute("data-q-run", "older")
        assert page.evaluate("starts") == 2


def test_a_talk_follows_its_newest_line_unless_one_reads_further_up(bare: Bare) -> None:
    line = "document.querySelector('.talk').insertAdjacentHTML('beforeend', '<p>one more line</p>')"
    at_end = "(() => { const talk = document.querySelector('.talk'); return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 2; })()"
    with bare.page("chat", "actions") as page:
        put(page, f'<div class="talk" style="height: 100px; overflow: auto">{"<p>a line</p>" * 30}</div>')
        page.wait_for_function(at_end)
        page.evaluate(line)
        page.wait_for_function(at_end)
        page.locator(".talk").hover()
        page.mouse.wheel(0, -400)
        page.wait_for_function(f"!{at_end}")
        before = page.locator(".talk").evaluate("talk => talk.scrollTop")
        page.evaluate(line)
        assert page.locator(".talk").evaluate("talk => talk.scrollTop") == before
        page.locator(".talk").evaluate("talk => { talk.scrollTop = talk.scrollHeight; }")
        page.wait_for_function(at_end)
        page.evaluate(line)
        page.wait_for_function(at_end)


def test_a_reference_opens_its_passage_and_an_example_is_asked(bare: Bare) -> None:
    cites = "".join(
        f'<details class="cite" data-number="{n}"><summary>{n}</summary>Passage {n}</details>' for n in (1, 2)
    )
    turns = f'<div class="turn"><button data-ref="2">[2]</button>{cites}</div>' * 2
    talk = f'{turns}<button data-example="What reverses 肝素?">Ask</button><div id="chat-input"><textarea></textarea></div><button id="chat-send">Send</button>'
    with bare.page("chat", "actions") as page:
        put(page, talk)
        page.evaluate("() => { window.sent = []; document.querySelector('#chat-send').addEventListener('click', () => sent.push(document.querySelector('textarea').value)); }")  # fmt: skip
        page.locator(".turn").nth(1).get_by_role("button", name="[2]").click()
        assert page.evaluate("[...document.querySelectorAll('.cite')].map((cite) => cite.open)") == [
            False,
            False,
            False,
            True,
        ]
        page.get_by_role("button", name="Ask").click()
        page.wait_for_function("sent.length > 0")
        assert page.evaluate("sent") == ["What reverses 肝素?"]


def test_an_answer_leaves_alone_what_was_done_meanwhile(modules: Page) -> None:
    # places: wish, files, text, what was agreed on, what was offered, what is said, two fields
    asked = ["dataset:d#1", "", "t", "k", "o", "", 8, "a"]
    after = {"0": "", "2": "t2", "3": "t2", "5": "bad", "6": 4, "7": "b"}
    merge = "([answer, now]) => load('merge').then(({merged}) => merged(answer, now).map((value) => value ?? null))"
    ask = "([kind, held]) => load('merge').then(({asked}) => asked(kind, held))"

    def merged(kind: str, **meanwhile: Any) -> list[Any]:
        now = asked.copy()
        for place, value in meanwhile.items():
            now[int(place[1:])] = value
        return modules.evaluate(
            merge, [json.dumps({"kind": kind, "asked": asked, "after": after, "was": {"7": "shown"}}), now]
        )  # type: ignore[no-any-return]

    assert merged("a") == ["", None, "t2", "t2", None, "bad", 4, "b"]
    assert merged("b", _6=3) == ["", None, "t2", "t2", None, "bad", None, "b"]  # a field that somebody was at
    assert merged("c", _5="<div data-started=r>")[5] is None  # a run has started since
    assert merged("d", _5="refused")[5] is None  # a button has said something since
    assert merged("a", _5="bad")[5] is None  # it says so already
    assert merged("f", _7="shown")[7] == "b"  # it was not drawn yet when the form asked
    put(modules, "<div id=follow-e><input></div>")
    assert merged("e", _2="typed") == [None] * 8  # an answer to what is no longer said is none, and is asked for again
    assert modules.evaluate("Date.now() - Number(document.querySelector('#follow-e input').value) < 5000")
    assert modules.evaluate(merge, ["", asked]) == [None] * 8

    # what was put there arrives piece by piece, and half of it is no edit of anybody's
    half = ["", "", "t2", "t2", "o", "", 8, "a"]
    assert json.loads(modules.evaluate(ask, ["a", half])[0]) == ["", "", "t2", "t2", "o", "bad", 4, "b"]
    # nor where two answers follow one another, however long that takes
    further = {"kind": "a", "asked": ["", "", "t2", "t2", "o", "bad", 4, "b"], "after": {"6": 9}, "was": {}}
    assert modules.evaluate(merge, [json.dumps(further), half])[6] == 9
    assert json.loads(modules.evaluate(ask, ["a", half])[0]) == ["", "", "t2", "t2", "o", "bad", 9, "b"]
    edited = ["", "", "t2", "t2", "o", "bad", 5, "b"]
    assert json.loads(modules.evaluate(ask, ["a", edited])[0]) == edited
    said = modules.evaluate(ask, ["a", edited])
    assert said[3] is None, "no text before the form is restored"
    assert said[4:] == edited[3:]


def test_a_links_wish_is_said_until_it_was_heard(modules: Page) -> None:
    put(modules, "<div id=wanted-runs><textarea></textarea></div>")
    modules.evaluate("load('wish').then(({wish, start}) => { start(); wish('runs', 'dataset:d'); })")
    assert modules.evaluate("window.STUDIO.wish('runs', '')") is None, "its form is not restored yet"
    modules.evaluate("document.body.classList.add('ready-runs')")
    box = modules.locator("#wanted-runs textarea")
    said = "document.querySelector('#wanted-runs textarea').value"
    modules.wait_for_function(f"{said}.startsWith('dataset:d#')")
    box.evaluate("(box) => { box.value = ''; }")  # drawn anew, it has forgotten
    modules.wait_for_function(f"{said}.startsWith('dataset:d#')")
    assert modules.evaluate("window.STUDIO.wish('runs', '')").startswith("dataset:d#")
    assert modules.evaluate("window.STUDIO.wish('runs', '')") == ""
    box.evaluate("(box) => { box.value = ''; }")
    modules.wait_for_timeout(600)
    assert box.input_value() == ""
