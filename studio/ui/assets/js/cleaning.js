// Below what a form's files were understood as: what the checks find in their first rows, and what is done about it. The
// list of files says what it holds by "studio-rows", the control (`../checks.js`) what is chosen by "studio-checks".
import { replace } from "./parts.js";
import { ask, language } from "./server.js";

const PATIENCE = 400; // milliseconds without another key, before files that are typed are looked at
const AGAIN = 3000; // until the server is asked again that did not answer

const states = new WeakMap(); // by place: what was asked, and what is on its way
const sideOf = (element) => element.closest(".form-side");

// What a choice makes of what a recipe says of the checks; "" is what a check does by itself, and stays out of it.
export function choosing(chosen, check, action) {
  const { [check]: _, ...others } = chosen ?? {};
  return action === "" ? others : { ...others, [check]: action };
}

function look(side, soon) {
  const place = side?.querySelector(".checked");
  const list = side?.querySelector(".rows");
  if (!place || !list?.records) return;
  if (!states.has(place)) states.set(place, { said: "" });
  const state = states.get(place);
  const sources = list.records.filter((record) => record.file?.trim());
  const said = JSON.stringify({ lang: language, sources, clean: place.chosen ?? {} });
  if (said === state.said) return;
  state.said = said;
  clearTimeout(state.timer);
  state.asking?.abort();
  if (!sources.length) { replace(place, ""); return; }
  state.timer = setTimeout(() => examine(place, state), soon ? 0 : PATIENCE);
}

async function examine(place, state) {
  const asking = new AbortController();
  state.asking = asking;
  const headers = { "Content-Type": "application/json", "X-Studio": "page" };
  try {
    const answer = await ask("examine", { method: "POST", headers, body: state.said, signal: asking.signal });
    if (!answer.ok) return;
    const { html } = await answer.json();
    if (state.asking === asking) draw(place, html);
  } catch (error) {
    if (error instanceof TypeError && state.asking === asking) state.timer = setTimeout(() => examine(place, state), AGAIN);
    else if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

// A choice may move its line: what was unfolded stays so by its check, not by its place.
function draw(place, html) {
  const open = new Set([...place.querySelectorAll("[data-line] details[open]")].map((item) => item.closest("[data-line]").dataset.line));
  const others = place.querySelector(".checked-others")?.open ?? false;
  replace(place, html);
  const fold = place.querySelector(".checked-others");
  if (fold) fold.open = others;
  for (const line of place.querySelectorAll("[data-line]")) {
    const samples = line.querySelector("details");
    if (samples) samples.open = open.has(line.dataset.line);
  }
}

function choose(event) {
  const select = event.target.closest?.(".checked select");
  if (!select) return;
  const place = select.closest(".checked");
  const detail = choosing(place.chosen, select.dataset.clean, select.value);
  place.dispatchEvent(new CustomEvent("studio-check", { detail }));
  look(sideOf(place), true);
}

export function start() {
  document.addEventListener("studio-rows", (event) => look(sideOf(event.target), false));
  document.addEventListener("studio-checks", (event) => look(sideOf(event.target), false));
  document.addEventListener("change", choose);
  for (const list of document.querySelectorAll(".rows")) if (list.records) look(sideOf(list), true);
}
