// A form's answer, and what was done while it was on its way. The places are those of `station.py`: a link's wish,
// uploaded files, the recipe's text, what form and text last agreed on, what was offered; then what is said, and the fields.
import { isReady, say } from "./gradio.js";
import { heard } from "./wish.js";

const [WISH, UPLOADED, TEXT, ACCOUNTS, MESSAGE] = [0, 1, 2, 5, 5];
const same = (one, other) => JSON.stringify(one ?? "") === JSON.stringify(other ?? "");

// What was put into a form and may not stand there yet: Gradio puts it in place one component after the other, in its own
// time, and half of it would look like somebody's edit. Of each place, what it said before, and what it is to say.
const sent = new Map();
function arrived(kind, held) {
  const places = sent.get(kind) ?? {};
  return held.map((value, place) => (places[place]?.before.some((old) => same(old, value)) ? places[place].is : value));
}
function send(kind, now, values) {
  const places = sent.get(kind) ?? {};
  for (const [place, is] of Object.entries(values)) {
    if (!same(is, now[place])) places[place] = { before: [...(places[place]?.before ?? []), now[place]], is };
  }
  sent.set(kind, places);
}

// Whoever lays hands on the page has seen it: what they put back as it was is theirs.
export function start() {
  for (const type of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(type, (event) => { if (!event.target.closest?.(".wanted")) sent.clear(); }, true);
  }
}

// What a form says when it asks: all of it as JSON, then each part, without a text before the form is restored.
export function asked(kind, held) {
  const now = arrived(kind, held);
  if (isReady(kind)) heard(now[WISH]);
  return [JSON.stringify(now), ...now.map((value, place) => (place === TEXT && !isReady(kind) ? null : value))];
}

// What a button has said stays, though the answer to an earlier edit comes after it; an edit's own message does not.
const ours = (kind, before, now) => same(before, now) || same(sent.get(kind)?.[MESSAGE]?.is ?? before, now);

// What each place becomes; undefined leaves it alone. A field that somebody has changed meanwhile keeps what it says;
// where one of the recipe's accounts has changed, the whole answer is none, and is asked for again.
export function merged(answer, held) {
  const untouched = held.map(() => undefined);
  if (!answer) return untouched;
  const { kind, asked: before, after, was } = JSON.parse(answer);
  const now = arrived(kind, held);
  if (now.slice(0, ACCOUNTS).some((value, place) => !same(value, before[place]))) {
    say(`#follow-${kind}`, String(Date.now()));
    return untouched;
  }
  if (before[UPLOADED]) window.dispatchEvent(new Event("studio-uploads-heard"));
  // a field that was not drawn yet when the form asked shows, once it is, what the two had agreed on
  const still = (value, place) => same(before[place], value) || (place in was && same(was[place], value));
  const free = (value, place) => (place === MESSAGE ? ours(kind, before[place], value) : still(value, place));
  const values = Object.fromEntries(Object.entries(after).filter(([place]) => free(now[place], Number(place))));
  send(kind, now, values);
  return untouched.map((_, place) => values[place]);
}
