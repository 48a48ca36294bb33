"""Two ways to use a page, for the same job: with a mouse, or by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Locator, Page, expect

FARTHEST = 120
"""So many presses of Tab lead to anything that is on a tab of the page; more is a trap or a maze."""
# What a look at an element and what it stands in says of the focus: it has to change something that is seen.
_LOOK = """(element) => {
  const looks = [];
  for (let one = element, up = 0; one && up < 4; one = one.parentElement, up += 1) {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
    looks.push(outlineStyle === "none" ? "" : outlineWidth + outlineColor, boxShadow, borderColor, backgroundColor);
  }
  return looks.join("|");
}"""
_FOCUSED = "(element) => element === document.activeElement"


class Hands(Protocol):
    """What a person does to a page; `clicks` and `keys` count what it took."""

    clicks: int
    keys: int

    def press(self, target: Locator) -> None: ...

    def write(self, target: Locator, text: str) -> None: ...

    def choose(self, area: Locator, file: Path) -> None: ...

    def pick(self, rows: Locator, count: int) -> None: ...

    def key(self, name: str) -> None: ...


class Pointer:
    """Clicks what it sees, and types into what it has clicked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.clicks = 0
        self.keys = 0

    def press(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def write(self, target: Locator, text: str) -> None:
        """Put a text where another stands."""
        self.press(target)
        self.key("Control+A")
        self._page.keyboard.type(text)
        self.keys += len(text)

    def choose(self, area: Locator, file: Path) -> None:
        """Choose a file in the window that an area opens."""
        with self._page.expect_file_chooser() as opened:
            self.press(area)
        opened.value.set_files(file)

    def pick(self, rows: Locator, count: int) -> None:
        """Tick the first rows of a listing."""
        for number in range(count):
            self.press(rows.locator("[data-check]").nth(number))

    def key(self, name: str) -> None:
        self._page.keyboard.press(name)
        self.keys += 1


class Keyboard:
    """Walks with Tab until it stands on what it wants; never touches a mouse."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.clicks = 0
        self.keys = 0
        # told to the browser with the first listener, and slower than a key: without it Enter may open nothing
        page.on("filechooser", lambda _: None)
        self.farthest = 0
        self.unseen: list[str] = []

    def press(self, target: Locator) -> None:
        self._reach(target)
        self.key("Enter")

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.key("Control+A")
        self._page.keyboard.type(text)
        self.keys += len(text)

    def choose(self, area: Locator, file: Path) -> None:
        self._reach(area)
        with self._page.expect_file_chooser() as opened:
            self.key("Enter")
        opened.value.set_files(file)

    def pick(self, rows: Locator, count: int) -> None:
        self._reach(rows.locator("tr[tabindex='0']").first)
        self.key("Home")
        for number in range(count):
            if number:
                self.key("ArrowDown")
            self.key("Space")
            expect(rows.locator("[data-check]").nth(number)).to_be_checked()

    def key(self, name: str) -> None:
        self._page.keyboard.press(name)
        self.keys += 1

    def _reach(self, target: Locator) -> None:
        """Press Tab, or where it is nearer Shift+Tab, until the target has the focus; it must be seen to have it."""
        expect(target).to_be_visible()
        if self._is_at(target):
            return
        if target.get_attribute("role") == "tab":  # tabs are one stop, with arrows between them
            tabs = self._page.locator("[role=tablist]").locator("[role=tab]")
            self._reach_stop(tabs.and_(self._page.locator("[aria-selected=true]")).first)
            for _ in range(tabs.count()):
                if self._is_at(target):
                    return
                self.key("ArrowRight")
        self._reach_stop(target)

    def _reach_stop(self, target: Locator) -> None:
        if self._is_at(target):
            return
        before = target.evaluate(_LOOK)
        back = target.evaluate(
            "(element) => Boolean(document.activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING)"
        )
        for count in range(1, FARTHEST + 1):
            self.key("Shift+Tab" if back else "Tab")
            if self._is_at(target):
                self.farthest = max(self.farthest, count)
                self._page.wait_for_timeout(250)  # a change of colour takes its time
                if target.evaluate(_LOOK) == before:
                    self.unseen.append(describe(target))
                return
        raise AssertionError(f"{FARTHEST} presses of Tab do not lead to {describe(target)}; they led to {self._here()}")

    def _is_at(self, target: Locator) -> bool:
        return bool(target.evaluate(_FOCUSED))

    def _here(self) -> Any:
        return self._page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def describe(target: Locator) -> str:
    """Return the start of an element's tag."""
    return str(target.evaluate("(element) => element.cloneNode(false).outerHTML.slice(0, 120)"))
