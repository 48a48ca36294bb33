// Runs that are compared: fetches their courses as they grow, and draws them as the controls say.
import { draw } from "./curves.js";
import { asksFor } from "./parts.js";
import { ask, language } from "./server.js";

const PATIENCE = 3000; // between two looks at courses that grow
const courses = new Map(); // of each run: what tells whether it has grown, and its metrics
let asked = 0;
let later;

async function show(part) {
  const box = part.querySelector(".curves");
  if (!box) return;
  settle(part);
  const pulses = JSON.parse(part.querySelector("[data-pulse]").dataset.pulse);
  const grown = Object.keys(pulses).filter((run) => courses.get(run)?.pulse !== pulses[run]);
  clearTimeout(later);
  if (grown.length && grown.every((run) => courses.has(run)) && Date.now() - asked < PATIENCE) {
    later = setTimeout(() => show(part), PATIENCE);
  } else if (grown.length) {
    asked = Date.now();
    const wanted = new URLSearchParams([...grown.map((run) => ["run", run]), ["lang", language]]);
    const answer = await ask(`curves?${wanted}`);
    if (!answer.ok) return; // one of them has just been removed: the next look says so
    for (const [run, metrics] of Object.entries((await answer.json()).runs)) courses.set(run, { pulse: pulses[run], metrics });
  }
  drawAll(part);
}

function drawAll(part) {
  const box = part.querySelector(".curves");
  if (!box?.isConnected) return;
  const words = JSON.parse(box.dataset.words);
  const view = { smooth: Number(asksFor(part, "smooth")) || 0, log: asksFor(part, "scale") === "log", time: asksFor(part, "x") === "time" };
  for (const figure of box.querySelectorAll("figure.curve")) {
    const measured = JSON.parse(figure.dataset.runs);
    const lines = JSON.parse(box.dataset.runs)
      .filter(({ id }) => measured.includes(id))
      .map((run) => ({ ...run, course: courses.get(run.id)?.metrics[figure.dataset.metric] }))
      .filter(({ course }) => course);
    draw(figure, lines, view, words);
  }
}

// Set the controls to what the address says; one that is in hand is left alone.
function settle(part) {
  for (const control of part.querySelectorAll(".view [data-param]")) {
    if (control !== document.activeElement) control.value = asksFor(part, control.dataset.param) || (control.type === "range" ? "0" : "");
  }
  const slider = part.querySelector(".view input[type=range]");
  if (slider) slider.nextElementSibling.value = slider.value;
}

export function start() {
  document.addEventListener("drawn", (event) => {
    if (event.target.dataset?.part === "compare") show(event.target);
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".view input[type=range]")) event.target.nextElementSibling.value = event.target.value;
  });
}
