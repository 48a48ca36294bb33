// A dataset's row as a model sees it: its tokens, drawn where they are looked at, and the lengths of all rows.
import { limit } from "./lengths.js";
import { replace } from "./parts.js";
import { ask, language } from "./server.js";

const KEPT = "studio-tokens"; // what was chosen last, for the next row
const PATIENCE = 300; // milliseconds without another change
const POLL = 1000; // while a run measures
const BLOCK = 250; // pieces that are drawn together
const [LEARNED, CUT, SPECIAL] = [1, 2, 4];
const SECTION = ".tokens-of";

// ---- what is chosen
const fields = (section) => [...section.querySelectorAll(".token-options [name]")];
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.type === "number" ? Number(field.value) : field.value);

function chosen(section) {
  const flat = Object.fromEntries(fields(section).map((field) => [field.name, valueOf(field)]));
  const options = Object.entries(flat).filter(([name]) => name.startsWith("options."));
  return {
    model: flat.model ?? "",
    max_length: flat.max_length,
    seed: flat.seed,
    template: flat.template,
    thinking: flat.thinking,
    options: Object.fromEntries(options.map(([name, value]) => [name.slice("options.".length), value])),
  };
}

function keep(section) {
  localStorage.setItem(KEPT, JSON.stringify(fields(section).map((field) => [field.name, valueOf(field)])));
}

function restore(section) {
  const kept = new Map(JSON.parse(localStorage.getItem(KEPT) ?? "[]"));
  for (const field of fields(section).filter(({ name }) => kept.has(name))) {
    const value = kept.get(field.name);
    if (field.type === "checkbox") field.checked = value;
    else if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value)) field.value = value;
  }
}

// ---- asking
async function told(section, path, more = {}, signal = undefined) {
  const { of, view, row } = section.dataset;
  const body = JSON.stringify({ lang: language, of, view, row: Number(row), ...chosen(section), ...more });
  const answer = await ask(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Studio": "page" }, body, signal });
  return answer.ok ? answer.json() : null;
}

const shown = new WeakMap(); // by section: what is asked and drawn of it, and where somebody jumped to

function show(section) {
  const before = shown.get(section);
  before?.asking.abort();
  const asking = new AbortController();
  const mine = { asking, watch: before?.watch, at: before?.at };
  shown.set(section, mine);
  section.classList.add("busy");
  section.querySelector(".token-view").setAttribute("aria-busy", "true");
  const done = () => {
    section.classList.remove("busy");
    section.querySelector(".token-view").removeAttribute("aria-busy");
  };
  told(section, "tokens", {}, asking.signal).then((said) => {
    done();
    if (!said) return;
    section.querySelector(".token-said").innerHTML = said.html;
    draw(section, mine, said.pieces ?? []);
  }).catch((error) => {
    if (error.name === "AbortError") return;
    done();
    if (!(error instanceof TypeError)) throw error;
  });
  measure(section, false, asking.signal);
}

async function measure(section, begin, signal = shown.get(section)?.asking.signal) {
  try {
    const said = await told(section, "lengths", { measure: begin }, signal);
    if (!said || !section.isConnected) return;
    const place = section.querySelector(".token-lengths");
    replace(place, said.html);
    limit(section, chosen(section).max_length);
    if (place.querySelector("[data-measuring]")) setTimeout(() => section.isConnected && !signal?.aborted && measure(section, false, signal), POLL);
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

// ---- the tokens: a text, of which only what is looked at is drawn token by token
const marked = (text) => text.replaceAll("\r", "␍").replaceAll("\n", "↵\n").replaceAll("\t", "⇥\t");

export function blocksOf(pieces) {
  const blocks = [];
  let block = [];
  let at = 0;
  for (const [text, ids, bits] of pieces) {
    block.push({ text: marked(text), ids, bits, at });
    at += ids.length || Number(text.replace(/\D/g, "")); // what is passed over says how many it is
    if (block.length >= BLOCK && (text.includes("\n") || block.length >= 2 * BLOCK)) { blocks.push(block); block = []; }
  }
  if (block.length) blocks.push(block);
  return blocks;
}

function draw(section, mine, pieces) {
  const view = section.querySelector(".token-view");
  mine.watch?.disconnect();
  mine.watch = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => fill(target, isIntersecting)), { root: view, rootMargin: "300px" });
  view.replaceChildren(...blocksOf(pieces).map((block) => {
    const place = document.createElement("div");
    place.className = "token-block";
    place.pieces = block;
    place.textContent = block.map(({ text }) => text).join("");
    mine.watch.observe(place);
    return place;
  }));
  view.hidden = !pieces.length;
  for (const button of section.querySelectorAll("[data-jump]")) {
    button.hidden = !pieces.some(([, , bits]) => bits & bitOf(button.dataset.jump));
  }
  // who jumped while this was on its way, or before, wants to see the same of what is there now
  if (mine.at) reach(view, mine.at);
}

const bitOf = (name) => (name === "cut" ? CUT : LEARNED);

function fill(place, drawn) {
  if (drawn === place.classList.contains("drawn")) return;
  place.classList.toggle("drawn", drawn);
  if (!drawn) { place.textContent = place.pieces.map(({ text }) => text).join(""); return; }
  place.replaceChildren(...place.pieces.map(({ text, ids, bits, at }, index) => {
    const token = document.createElement("span");
    token.className = ["t", index % 2 && "odd", bits & LEARNED && "learned", bits & CUT && "cut", bits & SPECIAL && "special"].filter(Boolean).join(" ");
    token.textContent = text;
    if (ids.length) token.title = `#${at + 1}${ids.length > 1 ? `–${at + ids.length}` : ""} · ${ids.join(" ")}`;
    return token;
  }));
}

function jump(button) {
  const section = button.closest(SECTION);
  const view = section.querySelector(".token-view");
  shown.get(section).at = button.dataset.jump;
  reach(view, button.dataset.jump);
  view.focus({ preventScroll: true });
}

function reach(view, name) {
  const bit = bitOf(name);
  const place = [...view.children].find((block) => block.pieces.some(({ bits }) => bits & bit));
  if (!place) return;
  fill(place, true);
  const token = place.children[place.pieces.findIndex(({ bits }) => bits & bit)];
  view.scrollTop += token.getBoundingClientRect().top - view.getBoundingClientRect().top - 24;
}

// Whoever scrolls looks elsewhere.
function leave(event) {
  const mine = shown.get(event.target.closest?.(".token-view")?.closest(SECTION));
  if (mine) mine.at = undefined;
}

// ---- what happens
let timer = 0;

function changed(event) {
  const section = event.target.closest?.(SECTION);
  if (!section) return;
  const length = section.querySelector('[name="max_length"]');
  if (event.target.type === "range") length.value = event.target.value;
  else if (!event.target.closest(".token-options")) return;
  if (fields(section).some((field) => !field.checkValidity() || (field.type === "number" && field.value === ""))) return;
  keep(section);
  limit(section, chosen(section).max_length);
  clearTimeout(timer);
  timer = setTimeout(() => section.isConnected && show(section), PATIENCE);
}

export function start() {
  document.addEventListener("toggle", (event) => {
    const section = event.target;
    if (!section.matches?.(SECTION) || !section.open || shown.has(section)) return;
    restore(section);
    show(section);
  }, true);
  document.addEventListener("input", changed);
  for (const type of ["wheel", "touchmove", "keydown", "pointerdown"]) document.addEventListener(type, leave, { passive: true });
  document.addEventListener("submit", (event) => { if (event.target.matches(".token-options")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const jumps = event.target.closest?.("[data-jump]");
    if (jumps) jump(jumps);
    const begin = event.target.closest?.("[data-measure]");
    if (begin?.closest(SECTION)) { begin.disabled = true; measure(begin.closest(SECTION), true); }
  });
}
