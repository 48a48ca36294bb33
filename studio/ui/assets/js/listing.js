// Listings: what is looked for stands in the address, so that it can be linked, reloaded and gone back to; what is picked
// does not.
import { entered, confirmed, toast } from "./dialogs.js";
import { partsOf, tabOf } from "./gradio.js";
import { asksFor, put, query, tick } from "./parts.js";
import { go, picked, placeOf, read, shown as shownAt, written } from "./router.js";
import { askJson, language } from "./server.js";

// The part of a tab whose every wish stands in the address beside the run: of several, the one that bears the tab's name.
const SPEAKER = '[data-part="listing"], [data-part="compare"]';
const speaks = (part) => part.matches(SPEAKER);
export function speaker(tab) {
  const parts = [...partsOf(tab)].filter(speaks);
  return parts.find((part) => asksFor(part, "listing") === tab) ?? parts[0];
}
const FIXED = ["listing", "of", "run", "picked"];

export function hearWords(part, words) {
  if (words && part === speaker(tabOf(part))) wished(part, words);
}

// Ask a part for something else.
export function look(part, key, value) {
  if (key === "run") { picked(tabOf(part), value); return; }
  put(part, key, value);
  if (speaks(part) && key !== "picked") {
    if (!["page", "row", "open"].includes(key)) put(part, "page", "");
    if (["view", "search", "page"].includes(key)) put(part, "row", "");
    const inside = part.closest("dialog");
    shownAt(inside ? written(asksFor(part, "listing"), asksFor(part, "of"), wish(part)) : placeOf(tabOf(part)));
  }
  tick();
}
export function wish(part) {
  if (!speaks(part)) return "";
  const values = Object.fromEntries(Object.entries(query(part)).filter(([key]) => !FIXED.includes(key)));
  return new URLSearchParams(values).toString();
}

export function wished(part, words) {
  if (!part) return;
  for (const key of Object.keys(query(part))) if (!FIXED.includes(key)) put(part, key, "");
  for (const [key, value] of new URLSearchParams(words)) {
    if (/^[a-z]+$/.test(key) && !FIXED.includes(key)) put(part, key, value);
  }
  fill(part);
}

export function fill(part) {
  const box = part.querySelector("input[type=search][data-param]");
  if (box && document.activeElement !== box) box.value = asksFor(part, box.dataset.param);
}

// The table keeps its place as it is drawn again; a row chosen by a link comes into its box.
export const chosen = (place) => {
  const row = place.querySelector(".runs tr.chosen");
  return row?.dataset.pick ?? row?.dataset.row;
};
export function bring(box, row) {
  if (!row) return;
  const [frame, at] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
  if (at.bottom > frame.bottom || at.top < frame.top + at.height) box.scrollTop += at.top - frame.top - frame.height / 2;
}

// ---- picking rows, and doing something with them
const several = (text) => text.split(",").filter(Boolean);
function pick(part, ids, yes) {
  const picked = new Set(several(asksFor(part, "picked")));
  for (const id of ids) picked[yes ? "add" : "delete"](id);
  look(part, "picked", [...picked].join(","));
}
export function fold(target) {
  const part = target.closest(".live");
  const open = new Set(several(asksFor(part, "open")));
  const id = target.dataset.fold;
  if (!open.delete(id)) open.add(id);
  look(part, "open", [...open].join(","));
}
export const lead = (target) => follow(target.dataset.lead);
function follow(place) {
  const { tab, named, words } = read(place);
  go(tab, named, words);
}
export async function deed(target) {
  const { deed: name, ask, value, want, word, grade } = target.dataset;
  const part = target.closest(".live");
  let said = value;
  if (want) {
    said = await entered(want, value);
    if (said === null) return;
  } else if (ask && !(await confirmed(ask, word, grade))) return;
  target.disabled = true;
  try {
    const ids = several(asksFor(part, "picked"));
    const path = `deed/${asksFor(part, "listing")}/${name}`;
    const answer = await askJson(path, { lang: language, ids, said }, { "X-Studio": "page" });
    const told = await answer.json();
    if (told.notice) toast(told.notice, "plain", true);
    look(part, "picked", "");
    if (told.go) follow(told.go);
  } finally {
    target.disabled = false;
    tick();
  }
}

// ---- by keyboard: one stop for the whole table, arrows between its rows
function walk(event) {
  const row = event.target.closest?.("tr[data-pick], tr[data-row]");
  if (!row || event.target !== row) return;
  const rows = [...row.parentElement.children];
  const place = rows.indexOf(row);
  const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    const next = rows[to];
    if (!next) return;
    row.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  } else if (event.key === "Enter") row.click();
  else if (event.key === " ") { event.preventDefault(); row.querySelector("[data-check]")?.click(); }
  else if (event.key === "ArrowRight" || event.key === "ArrowLeft") row.querySelector("[data-fold]")?.click();
}

export function start() {
  document.addEventListener("change", (event) => {
    const target = event.target;
    const part = target.closest?.(".live");
    if (!part) return;
    if (target.matches("select[data-param]")) look(part, target.dataset.param, target.value);
    else if (target.matches("[data-check]")) pick(part, [target.dataset.check], target.checked);
    else if (target.matches("[data-check-all]")) {
      const boxes = [...target.closest("table").querySelectorAll("[data-check]")];
      for (const box of boxes) box.checked = target.checked;
      pick(part, boxes.map((box) => box.dataset.check), target.checked);
    }
  });
  let typed;
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("input[data-param]");
    if (!box) return;
    clearTimeout(typed);
    typed = setTimeout(() => look(box.closest(".live"), box.dataset.param, box.value.trim()), 250);
  });
  document.addEventListener("keydown", walk);
}
