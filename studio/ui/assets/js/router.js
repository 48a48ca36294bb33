// The tab, and the run in it, stand in the address: a reload and the other language keep them, Back and Forward too.
// An address is `#TAB`, `#TAB=RUN`, `#TAB=SORT:NAME` or `#LISTING=RUN`, with what is looked for behind a `?`.
import { openTab, partsOf, tabOf } from "./gradio.js";
import { hearWords, speaker, wish as searched, wished } from "./listing.js";
import { asksFor, put, tick } from "./parts.js";
import * as sheet from "./sheet.js";
import { wish } from "./wish.js";

let following = false; // an address, which is then not written again
function quietly(act) {
  const before = following;
  following = true;
  try { act(); } finally { following = before; }
}

// Take an address apart; what was typed there may be anything.
export function read(place) {
  const [first, words = ""] = place.replace(/^#/, "").split("?");
  const [tab, named = ""] = decoded(first || "home").split("=");
  return { tab, named, words };
}
function decoded(text) {
  try { return decodeURIComponent(text); } catch (error) { return text; }
}

// Open a tab, and what is named there: a run, or a dataset, model or knowledge base (`model:NAME`) to be chosen.
export function go(tab, named = "", words = "") {
  if (sheet.isSheet(tab)) {
    sheet.from(location.hash);
    remember(written(tab, named, words));
    sheet.open(tab, named, words);
    return;
  }
  sheet.shut();
  const chooses = named.includes(":");
  if (chooses) wish(tab, named); // before the tab opens, so that what happens then knows of it
  quietly(() => openTab(tab));
  if (chooses) {
    if (following) shown(tab); // a reload does not choose again
    remember(tab);
    return;
  }
  pick(tab, named);
  wished(speaker(tab), words);
  remember(written(tab, named, words));
}

// Let a tab's parts show a run; without one they show the newest, and follow it.
function pick(tab, run) {
  for (const part of partsOf(tab)) put(part, "run", run);
  tick();
}
export function picked(tab, run) {
  pick(tab, run);
  remember(placeOf(tab));
}

// A tab is drawn when it is first opened: what the address says was not heard by its parts until then.
const heard = new WeakSet();
export function hear(part) {
  if (heard.has(part)) return;
  heard.add(part);
  const { tab, named, words } = read(location.hash);
  if (tabOf(part) !== tab) return;
  if (named && !named.includes(":")) put(part, "run", named);
  hearWords(part, words);
}

// The address of a tab as it stands: a tab that was left keeps the run it shows.
export function placeOf(tab) {
  const part = speaker(tab) ?? [...partsOf(tab)].find((one) => asksFor(one, "run"));
  return part ? written(tab, asksFor(part, "run"), searched(part)) : tab;
}
export const written = (tab, named, words) => `${tab}${named ? `=${named}` : ""}${words ? `?${words}` : ""}`;
const address = (place) => `${location.pathname}${location.search}#${place}`;
export function remember(place) {
  if (!following && decoded(location.hash.slice(1)) !== decoded(place)) history.pushState(null, "", address(place));
}
// The same place, shown otherwise: no step that Back would take.
export function shown(place) {
  history.replaceState(null, "", address(place));
}

function follow() {
  const { tab, named, words } = read(location.hash);
  if (!/^[a-z_]+$/.test(tab)) return;
  if (sheet.isSheet(tab)) sheet.open(tab, named, words);
  else quietly(() => go(tab, named, words));
}

export function start() {
  window.addEventListener("popstate", follow); // Back, Forward, and an address typed by hand
  follow();
}
