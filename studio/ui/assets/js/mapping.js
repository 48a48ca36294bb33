// Below a form's files: what each was understood as, and the choices of what its columns mean. The list of files
// (`../rows.js`) says what it holds by "studio-rows", and is told of a choice by "studio-row".
import { replace } from "./parts.js";
import { ask, language } from "./server.js";

const PATIENCE = 300; // milliseconds without another key, before a file that is typed is looked for
const AGAIN = 3000; // until the server is asked again that did not answer

const placeOf = (list) => list.closest(".form-side")?.querySelector(".understood");
const listOf = (place) => place.closest(".form-side").querySelector(".rows");

// ---- what a choice makes of what a recipe says of a file
const without = (values, key) => Object.fromEntries(Object.entries(values ?? {}).filter(([each]) => each !== key));
const put = (values, key, value) => (value === "" ? without(values, key) : { ...values, [key]: value });
const says = (value) => value !== null && value !== undefined && (typeof value !== "object" || Object.keys(value).length > 0);

export function meaning(record, column, role) {
  const ignored = (record.ignore ?? []).filter((each) => each !== column);
  return tidy({
    ...record,
    columns: put(record.columns, column, role === "ignore" ? "" : role),
    ignore: role === "ignore" ? [...ignored, column] : ignored,
  });
}
export function valueMeaning(record, column, value, meant) {
  const meanings = put(record.values?.[column], value, meant);
  return tidy({ ...record, values: put(record.values, column, says(meanings) ? meanings : "") });
}
export function counting(record, from) {
  return tidy({ ...record, answer_base: from === "" ? null : Number(from) });
}
export function correcting(record, about, action) {
  const { [about]: _, ...others } = record.corrections;
  return { ...record, corrections: action === "refuse" ? others : { ...others, [about]: action } };
}
// What says nothing stays out of the recipe.
function tidy(record) {
  const named = ["columns", "values", "ignore", "answer_base"];
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => !named.includes(key) || says(value)));
}

function chosen(select, record) {
  const { role, column, value, correction } = select.dataset;
  if (correction !== undefined) return correcting(record, correction, select.value);
  if (role !== undefined) return meaning(record, role, select.value);
  if (column !== undefined) return valueMeaning(record, column, value, select.value);
  return counting(record, select.value);
}

// ---- one file
class Source {
  constructor(place) {
    this.element = document.createElement("section");
    this.drawn = document.createElement("div");
    this.heard = document.createElement("p");
    this.heard.className = "unseen";
    this.heard.setAttribute("role", "status");
    this.element.append(this.drawn, this.heard);
    place.append(this.element);
  }

  // Ask what a record is understood as; what was asked before is of no interest any more.
  show(record, soon) {
    const said = JSON.stringify(record);
    if (said === this.said) return;
    this.said = said;
    this.stop();
    if (!record.file?.trim()) { this.draw("", ""); return; }
    this.timer = setTimeout(() => this.ask(record), soon ? 0 : PATIENCE);
  }

  async ask(record) {
    const asking = new AbortController();
    this.asking = asking;
    const headers = { "Content-Type": "application/json", "X-Studio": "page" };
    try {
      const answer = await ask("understand", { method: "POST", headers, body: JSON.stringify({ lang: language, source: record }), signal: asking.signal });
      if (!answer.ok) return;
      const { html, said } = await answer.json();
      if (this.asking === asking) this.draw(html, said);
    } catch (error) {
      if (error instanceof TypeError && this.asking === asking) this.timer = setTimeout(() => this.ask(record), AGAIN);
      else if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  draw(html, said) {
    replace(this.drawn, html);
    if (this.heard.textContent !== said) this.heard.textContent = said;
    this.element.hidden = !html;
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  remove() {
    this.stop();
    this.element.remove();
  }
}

// ---- all of them
const shown = new WeakMap(); // by place, in the order of the list
let choosing = false;

function look(list) {
  const place = placeOf(list);
  if (!place) return;
  if (!shown.has(place)) shown.set(place, []);
  const sources = shown.get(place);
  while (sources.length > list.records.length) sources.pop().remove();
  list.records.forEach((record, index) => {
    const fresh = !sources[index];
    if (fresh) sources.push(new Source(place));
    sources[index].show(record, fresh || choosing);
  });
}

function choose(event) {
  const select = event.target.closest?.(".understood select");
  if (!select) return;
  const place = select.closest(".understood");
  const list = listOf(place);
  const index = shown.get(place).findIndex((source) => source.element.contains(select));
  choosing = true;
  try {
    list.dispatchEvent(new CustomEvent("studio-row", { detail: { index, row: chosen(select, list.records[index]) } }));
  } finally {
    choosing = false;
  }
}

export function start() {
  document.addEventListener("studio-rows", (event) => look(event.target));
  document.addEventListener("change", choose);
  for (const list of document.querySelectorAll(".rows")) if (list.records) look(list);
}
