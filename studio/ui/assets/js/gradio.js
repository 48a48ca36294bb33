// All that we know of how Gradio draws the page. What breaks when Gradio changes is mended here.

// ---- tabs
export const drawn = () => document.querySelector("#tabs button[role=tab]") !== null;
export const tabButtons = "button[role=tab],.overflow-dropdown button";

function tabButton(tab) {
  return document.getElementById(`tab-${tab}-button`) ?? overflowed(tab);
}
// Tabs that find no room stand in a menu, without ids.
function overflowed(tab) {
  const title = window.STUDIO.tabs[tab];
  return [...document.querySelectorAll(".overflow-dropdown button")].find((item) => item.textContent.trim() === title);
}
export function openTab(tab) {
  const button = tabButton(tab);
  if (button && button.getAttribute("aria-selected") !== "true") button.click();
}
// The tab that a button opens.
export function tabOfButton(button) {
  if (button.matches("button[role=tab]")) return button.id.replace(/^tab-/, "").replace(/-button$/, "");
  return Object.entries(window.STUDIO.tabs).find(([, title]) => title === button.textContent.trim())?.[0] ?? "";
}
// The tab that is open.
export const openedTab = () =>
  [...document.querySelectorAll("[role=tabpanel][id^=tab-]")].find((panel) => panel.offsetParent)?.id.replace(/^tab-/, "") ?? "";
export function onTabChange(does) {
  new MutationObserver(does).observe(document.body, { subtree: true, attributeFilter: ["aria-selected"] });
}
// The tab that an element stands on.
export const tabOf = (element) => panelOf(element)?.id.replace(/^tab-/, "") ?? "";

// The live parts of a tab, and the panel that an element stands in.
export const partsOf = (tab) => document.querySelectorAll(`#tab-${tab} .live`);
export const panelOf = (element) => element.closest("[role=tabpanel]");

// Past the tabs, into the one that is open.
export function enterTab() {
  const panel = document.getElementById(`tab-${openedTab()}`);
  if (!panel) return;
  panel.tabIndex = -1;
  panel.focus();
}

// ---- the keyboard: what belongs together is one stop, with arrows inside
// Gradio makes each tab a stop of its own, and gives each radio of a group another name.
function together() {
  for (const tab of document.querySelectorAll("#tabs > .tab-wrapper button[role=tab]")) {
    const stop = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
    if (tab.tabIndex !== stop) tab.tabIndex = stop;
  }
  for (const radio of document.querySelectorAll("fieldset[id] input[type=radio]")) {
    const { id } = radio.closest("fieldset");
    if (radio.name !== id) radio.name = id;
  }
}
function walk(event) {
  const tab = event.target.closest?.("#tabs > .tab-wrapper button[role=tab]");
  if (!tab) return;
  const tabs = [...tab.parentElement.querySelectorAll("button[role=tab]")];
  const place = tabs.indexOf(tab);
  const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = tabs[(to + tabs.length) % tabs.length];
  next.click();
  next.focus();
}
// A list closes as the focus leaves it; Gradio hears of the Tab only after that, and opens it again.
function leave(event) {
  if (event.key === "Tab" && event.target.matches?.("input[role=combobox]")) event.stopPropagation();
}
export function start() {
  window.addEventListener("keydown", leave, true);
  document.addEventListener("keydown", walk);
  new MutationObserver(together).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-selected", "name"] });
}

// ---- what the script writes for Python to hear
export function say(selector, value) {
  const box = typeof selector === "string" ? document.querySelector(`${selector} :is(textarea, input)`) : selector;
  if (!box) return false;
  box.value = value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}
export const followers = () => [...document.querySelectorAll(".follow :is(textarea, input)")];

// A form is ready once it is as this browser left it; `station.py` says so.
export const isReady = (name) => document.body.classList.contains(`ready-${name}`);

// ---- the server that Gradio's events belong to
export async function serverChanged() {
  if (!window.gradio_config) return false;
  const answer = await fetch(new URL("config", new URL("./", location.href)), { cache: "no-store" });
  if (!answer.ok) return false;
  return (await answer.json()).app_id !== window.gradio_config.app_id;
}
