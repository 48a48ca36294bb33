// Keeps the live parts of the page fresh, only those that can be seen.
// A part is <div class="live" data-part="panel" data-q-kind="train">; what all of them show comes from studio/parts.
import { clock } from "./clock.js";
import { isLost } from "./connection.js";
import { followers, panelOf, say } from "./gradio.js";
import { graft } from "./graft.js";
import { bring, chosen, fill } from "./listing.js";
import { follow as followLog } from "./log.js";
import { hover } from "./plot.js";
import { hear } from "./router.js";
import { askJson, language } from "./server.js";

const PERIOD = 700;
const QUIET = 3000; // while nothing runs
const EAGER = 10000; // after a click, which may start something

const states = new WeakMap();
let asking = false;
let again = false;
let busy = true;
let made = null;
let asked = 0;
let eager = 0;

export const visible = (element) => element.isConnected && element.offsetParent !== null;
const state = (element) => {
  if (!states.has(element)) states.set(element, { have: "", slices: {}, log: null });
  return states.get(element);
};

// What a part is asked with: its data-q-… attributes.
const asks = (key) => `q${key[0].toUpperCase()}${key.slice(1)}`;
export function query(part) {
  const keys = Object.entries(part.dataset).filter(([key]) => key.startsWith("q") && key.length > 1);
  return Object.fromEntries(keys.map(([key, value]) => [key.slice(1).toLowerCase(), value]));
}
export function put(part, key, value) {
  if (value) part.dataset[asks(key)] = value;
  else delete part.dataset[asks(key)];
}
export function asksFor(part, key) {
  return part.dataset[asks(key)] ?? "";
}

export function tick() {
  if (!document.hidden) refresh();
}

// One request for all parts that can be seen; without any it still tells whether the server is there.
async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  asked = Date.now();
  const elements = [...document.querySelectorAll(".live")].filter(visible);
  const parts = elements.map((element) => {
    const my = state(element);
    hear(element);
    if (!element.firstElementChild) [my.have, my.slices] = ["", {}];
    return { name: element.dataset.part, query: query(element), have: my.have };
  });
  try {
    const answer = await askJson("parts", { lang: language, parts });
    if (!answer.ok) return;
    const said = await answer.json();
    if (made !== null && made !== said.made) offer();
    [busy, made] = [said.busy, said.made];
    await Promise.all(elements.map((element, index) => shown(element, said.parts[index])));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  } finally {
    asking = false;
    if (again) { again = false; tick(); }
  }
}

// Something was made, or removed: forms that nobody touched offer what is here now.
function offer() {
  for (const box of followers()) {
    if (visible(panelOf(box))) say(box, String(Date.now())); // the others ask when their tab is opened
  }
}

async function shown(element, said) {
  const my = state(element);
  if (said) {
    my.have = said.version;
    draw(element, my, said.slices);
    fill(element);
    element.dispatchEvent(new Event("drawn"));
  }
  await followLog(element, my);
}

function draw(element, my, slices) {
  for (const child of [...element.children]) if (!(child.dataset.slice in slices)) child.remove();
  for (const [name, html] of Object.entries(slices)) {
    let place = element.querySelector(`:scope > [data-slice="${name}"]`);
    if (!place) {
      place = document.createElement("div");
      place.dataset.slice = name;
      element.append(place);
      delete my.slices[name];
    }
    if (my.slices[name] === html) continue;
    replace(place, html);
    my.slices[name] = html;
  }
  element.classList.toggle("bare", Object.values(slices).every((html) => !html));
}

// Draw a slice anew: what was unfolded stays so, a table keeps its place, and the focus stays where it was.
export function replace(place, html) {
  const open = [...place.querySelectorAll("details")].map((item) => item.open);
  const before = chosen(place);
  const scrolled = place.querySelector(".runs")?.scrollTop ?? 0;
  const focused = place.contains(document.activeElement) ? pathTo(place, document.activeElement) : null;
  if (!graft(place, html)) place.innerHTML = html;
  [...place.querySelectorAll("details")].forEach((item, index) => { item.open = open[index] ?? item.open; });
  const runs = place.querySelector(".runs");
  if (runs) {
    runs.scrollTop = scrolled;
    if (chosen(place) !== before) bring(runs, runs.querySelector("tr.chosen"));
  }
  if (focused && !place.contains(document.activeElement)) found(place, focused)?.focus({ preventScroll: true });
  clock(place);
  for (const figure of place.querySelectorAll("figure.plot")) hover(figure);
}

// How to find an element again once all around it is new: by what it does, by what it is called, by its number.
const NAMES = ["data-post", "data-deed", "data-fold", "data-pick", "data-row", "data-set", "data-param", "data-check", "href", "aria-label"];
function pathTo(place, element) {
  const tag = element.tagName.toLowerCase();
  const keys = NAMES.filter((name) => element.hasAttribute(name)).map((name) => `${tag}[${name}="${CSS.escape(element.getAttribute(name))}"]`);
  return { tag, keys, index: [...place.querySelectorAll(tag)].indexOf(element) };
}
// What is gone, or cannot be used any more, leaves the focus to the row that it was about.
function found(place, { tag, keys, index }) {
  const like = [...keys.map((key) => place.querySelector(key)), place.querySelectorAll(tag)[index]];
  return like.find((element) => element && !element.disabled) ?? place.closest(".live")?.querySelector('tr[tabindex="0"]');
}

export function start() {
  setInterval(() => {
    const now = Date.now();
    const quiet = !busy && !isLost() && now > eager && !document.querySelector(".live:empty, .live progress");
    if (now - asked > (quiet ? QUIET : PERIOD) - 50) tick();
    clock(document);
  }, PERIOD);
  for (const type of ["pointerdown", "keydown"]) {
    document.addEventListener(type, () => { eager = Date.now() + EAGER; }, true);
  }
  document.addEventListener("visibilitychange", tick);
}
