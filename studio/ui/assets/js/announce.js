// Says that a run which is shown has started, and how it ended, to those who hear the page: one region, filled once for each.
const STILL = ["queued", "running"];
const seen = new Map();
const parts = new WeakSet();
let region;

function heard(part) {
  const title = part.querySelector(".title[data-run]");
  if (!title) { parts.add(part); return; }
  const { run, status, said } = title.dataset;
  const before = seen.get(run);
  seen.set(run, status);
  const isNew = parts.has(part) && before === undefined; // on a page that has just been opened nothing starts
  parts.add(part);
  if (before !== status && (STILL.includes(before) || (isNew && STILL.includes(status)))) region.textContent = said;
}

export function start() {
  region = document.createElement("div");
  region.id = "announced";
  region.className = "unseen";
  region.setAttribute("role", "status");
  document.body.append(region);
  document.addEventListener("drawn", (event) => heard(event.target), true);
}
