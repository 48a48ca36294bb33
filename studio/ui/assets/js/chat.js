// The conversation: examples, citations, and the newest line in sight.
import { say } from "./gradio.js";
import { show } from "./motion.js";

export function example(text) {
  say("#chat-input", text);
  setTimeout(() => document.querySelector("#chat-send").click(), 80);
}

export function showReference(target) {
  const cite = target.closest(".turn").querySelector(`.cite[data-number="${target.dataset.ref}"]`);
  if (cite) { cite.open = true; show(cite); }
}

// The talk follows its newest line, unless somebody reads further up.
let atEnd = true;
export function start() {
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".cite") && event.target.open) show(event.target);
  }, true);
  document.addEventListener("scroll", (event) => {
    const talk = event.target;
    if (talk.classList?.contains("talk")) atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 48;
  }, true);
  new MutationObserver((changes) => {
    const talk = document.querySelector(".talk");
    if (talk && atEnd && changes.some((change) => talk.contains(change.target) || change.target.contains(talk))) {
      talk.scrollTop = talk.scrollHeight;
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
}
