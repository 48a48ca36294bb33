// The document's title: the tab that is open, and in front of it how far the run is that is followed there.
import { openedTab, onTabChange } from "./gradio.js";
import { visible } from "./parts.js";

const NAME = "MedQA Studio";

function percent() {
  const running = [...document.querySelectorAll('.live[data-part="panel"] .title[data-status="running"]')].find(visible);
  const bar = running?.closest(".live").querySelector("[role=progressbar][aria-valuenow]");
  return bar ? `${bar.getAttribute("aria-valuenow")} %` : "";
}

function write() {
  const title = [percent(), window.STUDIO.tabs[openedTab()], NAME].filter(Boolean).join(" · ");
  if (document.title !== title) document.title = title;
}

export function start() {
  document.addEventListener("drawn", write, true);
  onTabChange(write);
}
