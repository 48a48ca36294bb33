// A log, followed by its byte offset: each look brings only what is new.
import { ask } from "./server.js";

const MOST_LINES = 3000;

// Bring a part's log up to the version of it that is shown; `my.log` says how far it is.
export async function follow(element, my) {
  const pre = element.querySelector("pre[data-log]");
  if (!pre) { my.log = null; return; }
  if (!my.log || my.log.pre !== pre) my.log = { pre, offset: -1, version: null };
  if (my.log.version === my.have) return;
  const seen = my.have;
  const answer = await ask(`log/${pre.dataset.log}?since=${my.log.offset}`);
  if (!answer.ok) return;
  const piece = await answer.json();
  const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 24;
  const leftOut = pre.parentElement.querySelector(".left-out");
  if (piece.fresh) {
    pre.textContent = piece.text;
    leftOut.hidden = !piece.earlier;
  } else if (piece.text) {
    pre.append(piece.text);
    const lines = pre.textContent.split("\n");
    if (lines.length > MOST_LINES) {
      pre.textContent = lines.slice(-MOST_LINES / 2).join("\n");
      leftOut.hidden = false;
    }
  }
  my.log.offset = piece.offset;
  my.log.version = seen;
  if (atEnd || piece.fresh) pre.scrollTop = pre.scrollHeight;
}

// Show the whole box of a log, or its last lines alone.
export function unfold(button) {
  const box = button.closest(".logbox");
  const folded = box.classList.toggle("folded");
  button.setAttribute("aria-expanded", String(!folded));
  button.textContent = folded ? button.dataset.more : button.dataset.less;
  const pre = box.querySelector(".log");
  pre.scrollTop = pre.scrollHeight;
}
