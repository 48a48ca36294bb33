// What a click does: a button that acts on a run, a row that opens, a link that leads to a tab.
import { example, showReference } from "./chat.js";
import { copy } from "./copy.js";
import { confirmed, toast } from "./dialogs.js";
import { save } from "./exports.js";
import { enterTab, tabButtons, tabOf, tabOfButton } from "./gradio.js";
import { deed, fold, lead, look } from "./listing.js";
import { unfold } from "./log.js";
import { tick } from "./parts.js";
import { go, picked, placeOf, read, remember } from "./router.js";
import { act, askJson, language } from "./server.js";
import { isSheet } from "./sheet.js";

async function post(button) {
  const { post: path, ask, word, grade, go: tab } = button.dataset;
  if (ask && !(await confirmed(ask, word, grade))) return;
  button.disabled = true;
  try {
    const request = act(path);
    setTimeout(tick, 150);
    const said = await (await request).json();
    if (said.notice) toast(said.notice, "plain", true); // until it is clicked: it says what to do
    else if (tab) go(tab, said.run);
  } finally {
    button.disabled = false;
    tick();
  }
}

const CLICKS = {
  "[data-skip]": (target, event) => { event.preventDefault(); enterTab(); },
  "[data-example]": (target) => example(target.dataset.example),
  "[data-ref]": showReference,
  "[data-post]": post,
  "a[data-busy]": save,
  "[data-deed]": deed,
  "[data-lead]": lead,
  "[data-fold]": fold,
  "td.pick, th.pick": (target, event) => { if (event.target === target) target.firstElementChild.click(); },
  "tr a": () => {},
  "[data-pick]": (target) => picked(tabOf(target), target.dataset.pick),
  "[data-row]": (target) => look(target.closest(".live"), "row", target.dataset.row),
  "[data-copy], .copies": copy,
  "[data-unfold]": unfold,
  ".logbox.folded .log": (target) => unfold(target.closest(".logbox").querySelector("[data-unfold]")),
  "[data-set]": (target) => look(target.closest(".live"), ...target.dataset.set.split("=")),
  [tabButtons]: (target) => {
    const tab = tabOfButton(target);
    if (tab) remember(placeOf(tab));
    setTimeout(tick, 30);
  },
  "a.language": (target) => { target.hash = location.hash; },
  "a[href^='#']": (target, event) => {
    const { tab, named, words } = read(target.getAttribute("href"));
    if (!(tab in window.STUDIO.tabs || isSheet(tab))) return;
    event.preventDefault();
    go(tab, named, words);
    if (!isSheet(tab)) window.scrollTo(0, 0);
  },
};
// A token goes to the server and out of the page.
async function confide(event) {
  const form = event.target.closest("form[data-secret]");
  if (!form) return;
  event.preventDefault();
  const { token } = form.elements;
  const given = { lang: language, token: token.value };
  token.value = "";
  const said = await (await askJson(`token/${form.dataset.secret}`, given, { "X-Studio": "page" })).json();
  toast(said.notice, "plain", true);
  tick();
}
async function begin(event) {
  const form = event.target.closest("form[data-start]");
  if (!form) return;
  event.preventDefault();
  const { start: name, go: tab } = form.dataset;
  const given = encodeURIComponent(form.elements.argument.value.trim()).replaceAll("%2F", "/");
  const said = await (await act(`start/${name}/${given}`)).json();
  if (said.notice) toast(said.notice, "plain", true);
  else if (tab) go(tab, said.run);
  else tick();
}

const ANY = Object.keys(CLICKS).join(",");

export function start() {
  document.addEventListener("click", (event) => {
    const target = event.target.closest(ANY);
    if (!target) return;
    const [, does] = Object.entries(CLICKS).find(([selector]) => target.matches(selector));
    does(target, event);
  });
  document.addEventListener("submit", begin);
  document.addEventListener("submit", confide);
}
