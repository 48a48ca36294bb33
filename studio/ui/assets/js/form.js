// The forms: one start a click.
import { tabOf } from "./gradio.js";
import { asked, merged, start as startMerging } from "./merge.js";
import { show } from "./motion.js";
import { tick, visible } from "./parts.js";
import { picked } from "./router.js";

// A double click starts one run: the button waits for the answer, and a moment more.
function once(event) {
  const begin = event.target.closest?.("button.begin");
  if (!begin) return;
  if (begin.dataset.waits) { event.stopImmediatePropagation(); event.preventDefault(); return; }
  begin.dataset.waits = "yes";
  delete begin.dataset.answered;
  const since = Date.now();
  const waiting = setInterval(() => {
    const past = Date.now() - since;
    if (past < 1500 || (!begin.dataset.answered && past < 20000)) return;
    clearInterval(waiting);
    delete begin.dataset.waits;
  }, 100);
}

// A run was asked for: where it has started, the panel goes to it.
function started(event) {
  const begin = [...document.querySelectorAll("button.begin")].find(visible);
  if (begin) begin.dataset.answered = "yes";
  if (!String(event.detail).includes("data-started")) return;
  for (const part of document.querySelectorAll(".live[data-q-kind]")) {
    if (!visible(part)) continue;
    picked(tabOf(part), "");
    show(part);
  }
  tick();
}

export function start() {
  startMerging();
  Object.assign(window.STUDIO, { asked, merged }); // for the events of `station.py`
  document.addEventListener("click", once, true);
  window.addEventListener("studio-started", started);
}
