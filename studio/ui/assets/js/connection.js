// Whether the server answers: said on every tab when it does not, and mended when it is back.
import { serverChanged } from "./gradio.js";
import { toast } from "./dialogs.js";

let lost = false;
export const isLost = () => lost;

export function connected(yes) {
  if (yes !== lost) return;
  lost = !yes;
  document.body.classList.toggle("lost", lost);
  const { words } = window.STUDIO;
  for (const part of document.querySelectorAll(".live:empty")) part.dataset.lost = words.waiting;
  toast(yes ? words.back : words.lost, yes ? "good" : "warn", !yes);
  if (yes) revive();
}

// What a reload would cut off, an upload, is waited for; what is told to Gradio meanwhile is lost.
const held = new Set();
let stale = false;
export const isStale = () => stale;
export function hold(work) {
  held.add(work);
  work.finally(() => held.delete(work));
}

// Gradio's own events belong to the server that built the page; after a restart the forms need a new one.
async function revive() {
  if (!(await serverChanged())) return;
  stale = true;
  if (held.size) toast(window.STUDIO.words.renews, "warn", true);
  while (held.size) await Promise.allSettled([...held]);
  location.reload();
}
