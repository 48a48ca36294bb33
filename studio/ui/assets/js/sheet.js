// A listing of what lies inside something (the rows of a dataset, …) in a sheet above the page, at an address of its
// own: `#rows=RUN?search=…`. Closing it goes back to where one came from.
import { wished } from "./listing.js";
import { put, tick } from "./parts.js";

let sheet;
let cameFrom = null;

export const isSheet = (name) => (window.STUDIO.listings ?? []).includes(name);

// Show a listing of something; the words are what is looked for in it.
export function open(name, of, words) {
  if (!sheet) {
    sheet = document.createElement("dialog");
    sheet.className = "sheet";
    sheet.innerHTML = `<button type="button" class="act close" aria-label="${window.STUDIO.words.close}">×</button>`;
    sheet.querySelector(".close").addEventListener("click", () => sheet.close());
    sheet.addEventListener("close", leave);
    sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
    sheet.addEventListener("drawn", () => sheet.setAttribute("aria-label", sheet.querySelector("h2")?.textContent ?? ""), true);
    document.body.append(sheet);
  }
  let part = sheet.querySelector(".live");
  if (!part || part.dataset.qListing !== name || part.dataset.qOf !== of) {
    part?.remove();
    part = document.createElement("div");
    part.className = "live";
    part.dataset.part = "listing";
    put(part, "listing", name);
    put(part, "of", of);
    sheet.append(part);
  }
  wished(part, words);
  if (!sheet.open) sheet.showModal();
  tick();
}

// The address was left: by Back, or for a tab.
export function shut() {
  cameFrom = null;
  if (sheet?.open) { sheet.dataset.left = "yes"; sheet.close(); }
}
function leave() {
  sheet.querySelector(".live")?.remove();
  if (sheet.dataset.left) { delete sheet.dataset.left; return; }
  if (cameFrom === null) location.hash = "#home";
  else history.back();
}
export function from(place) {
  cameFrom = place;
}
