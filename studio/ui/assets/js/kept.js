// Telling Python of the files that were uploaded, so that they come into the form: one message at a time, and again
// after a reload until it has been heard.
import { isStale } from "./connection.js";
import { isReady, say } from "./gradio.js";

const PATIENCE = 20000; // milliseconds, after which a message counts as lost
const key = (kind) => `studio-uploaded-${kind}`;
const read = (kind) => JSON.parse(sessionStorage.getItem(key(kind)) ?? "[]");
const write = (kind, files) => sessionStorage.setItem(key(kind), JSON.stringify(files));

let heard = null;
let waiting = false;

export const untold = read;
export function tell(kind, file) {
  write(kind, [...read(kind), file]);
  deliver(kind);
}

export async function deliver(kind) {
  if (waiting) { setTimeout(() => deliver(kind), 200); return; }
  const files = read(kind);
  if (!files.length || isStale()) return; // the page that is loaded next tells it
  waiting = true;
  const listening = new Promise((resolve) => { heard = () => resolve(true); setTimeout(() => resolve(false), PATIENCE); });
  const kept = files.map((file) => file.kept);
  const said = isReady(kind) && say(`#uploaded-${kind}`, JSON.stringify({ kept, at: Date.now() }));
  if (said && (await listening)) write(kind, read(kind).filter((file) => !kept.includes(file.kept)));
  waiting = false;
  setTimeout(() => deliver(kind), 200);
}

export function start() {
  window.addEventListener("studio-uploads-heard", () => heard?.());
}
