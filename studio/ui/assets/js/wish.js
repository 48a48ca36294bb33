// What a link chooses is said to the tab it leads to until it has been heard: a box that is just being drawn may forget it.
import { isReady, say } from "./gradio.js";

const AGAIN = 250; // milliseconds
let pending = { tab: "", said: "" };

// Have `SORT:NAME` chosen on a tab, once that is drawn and its form restored; after half a minute nothing is left to hear it.
export function wish(tab, what) {
  pending = { tab, said: `${what}#${Date.now()}` };
  insist(pending, 120);
}
function insist(mine, patience) {
  if (pending !== mine || !mine.said || !patience) return;
  const form = formOf(mine.tab);
  if (isReady(form)) say(`#wanted-${form}`, mine.said);
  setTimeout(() => insist(mine, patience - 1), AGAIN);
}

// A form may be called otherwise than its tab: that of `data` makes a `dataset`.
function formOf(tab) {
  const box = document.querySelector(`#wanted-${tab}`) ?? document.querySelector(`#tab-${tab} [id^="wanted-"]`);
  return box?.id.replace("wanted-", "") ?? tab;
}

// Somebody asks the server with this wish.
export function heard(said) {
  if (said === pending.said) pending.said = "";
}

// The wish that a tab has not heard yet, which counts as heard now; null before its form is restored.
function taken(tab, none) {
  if (!isReady(tab)) return null;
  const { said } = pending;
  if (pending.tab !== tab || !said) return none;
  heard(said);
  return said;
}

export function start() {
  window.STUDIO.wish = taken; // for the events of `chat.py`
}
