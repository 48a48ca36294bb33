// How many rows a longest length cuts, under the histogram of their lengths; on a form, below the field that sets it.
import { toast } from "./dialogs.js";
import { say } from "./gradio.js";
import { query, tick } from "./parts.js";
import { askJson, language } from "./server.js";

const PART = '.live[data-part="lengths"]';

export function over(counts, cut) {
  return counts.reduce((sum, [tokens, count]) => (tokens > cut ? sum + count : sum), 0);
}

// Say in the histogram that a place holds, if any, what a cut cuts.
export function limit(place, cut) {
  const plot = place.querySelector(".lengths-plot");
  if (!plot) return;
  const counts = JSON.parse(plot.dataset.counts);
  const words = JSON.parse(plot.dataset.words);
  const rows = counts.reduce((sum, [, count]) => sum + count, 0);
  const long = over(counts, cut);
  const number = (value) => value.toLocaleString("en");
  const share = `${((100 * long) / rows).toFixed(1)}%`;
  const values = { over: number(long), rows: number(rows), share, cut: number(cut), longest: number(counts.at(-1)[0]) };
  plot.querySelector("output").textContent = words[long ? "over" : "none"].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const slider = plot.querySelector("input");
  if (document.activeElement !== slider) slider.value = cut;
  for (const bar of plot.querySelectorAll("rect")) bar.classList.toggle("over", Number(bar.dataset.from) > cut);
  const line = plot.querySelector("line");
  const at = String(Math.min(600, (600 * cut) / Number(plot.dataset.reach)));
  line.setAttribute("x1", at);
  line.setAttribute("x2", at);
  line.style.display = cut > Number(plot.dataset.reach) ? "none" : "";
}

// ---- on a form
const fieldOf = (part) => part.closest(".cell").querySelector("input[type=number]");
const partOf = (element) => element.closest?.(".cell")?.querySelector(PART);

function changed(event) {
  const part = partOf(event.target);
  if (part && event.target.value !== "") limit(part, Number(event.target.value));
}

// The field is set once the slider is let go of: the whole recipe is looked at anew with it.
function chosen(event) {
  const part = event.target.type === "range" && partOf(event.target);
  if (part) say(fieldOf(part), event.target.value);
}

async function begin(button) {
  button.disabled = true;
  const recipe = JSON.parse(query(button.closest(PART)).recipe);
  const said = await (await askJson("measure", { lang: language, recipe }, { "X-Studio": "page" })).json();
  if (said.notice) toast(said.notice, "plain", true);
  button.disabled = false;
  tick();
}

export function start() {
  document.addEventListener("input", changed);
  document.addEventListener("change", chosen);
  document.addEventListener("drawn", ({ target }) => {
    if (target.matches?.(PART)) limit(target, Number(fieldOf(target).value));
  }, true);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(`${PART} [data-measure]`);
    if (button) begin(button);
  });
}
