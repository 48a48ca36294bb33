// The drop areas of the forms: files come in by drop or by choice, each has a row that says how far it is, and what is
// in it once it is here.
import { duration } from "./clock.js";
import { hold } from "./connection.js";
import { toast } from "./dialogs.js";
import { panelOf } from "./gradio.js";
import { deliver, start as hear, tell, untold } from "./kept.js";
import { Pace } from "./pace.js";
import { visible } from "./parts.js";
import { size } from "./size.js";
import { transfer, unfinished } from "./transfer.js";

const ABREAST = 2; // uploads at once; the others wait for their turn
const OFTEN = 250; // milliseconds between two looks at how far one is

const waiting = [];
const going = new Set();

const words = (area) => JSON.parse(area.dataset.words);
const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const percent = (share) => `${Math.floor(share * 100)} %`;
function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}
function button(className, text, title, act) {
  const node = make("button", className, text);
  node.type = "button";
  node.title = title;
  node.setAttribute("aria-label", title);
  node.addEventListener("click", act);
  return node;
}

// ---- a row: a file under way, or what became of it
class Row {
  constructor(area, name) {
    this.area = area;
    this.name = name;
    this.say = words(area);
    this.element = make("li", "drop-row");
    area.querySelector(".drop-list").append(this.element);
  }

  // Show how far a file is; returns what to call with it.
  under(file, cancel) {
    const line = make("div", "drop-line");
    const said = make("span", "drop-pace", this.say.waits);
    const bar = make("div", "drop-bar");
    for (const [key, value] of [["role", "progressbar"], ["aria-label", file.name], ["aria-valuemin", "0"], ["aria-valuemax", "100"]]) {
      bar.setAttribute(key, value);
    }
    bar.append(make("i", ""));
    const number = make("span", "drop-percent");
    this.stop = button("drop-x", "×", put(this.say.cancel, { name: file.name }), cancel);
    line.append(make("span", "drop-name", file.name), number, this.stop);
    this.element.replaceChildren(line, bar, said);
    const pace = new Pace();
    let last = 0;
    let broken = false;
    return {
      begins: () => { said.textContent = this.say.begins; },
      cut: () => { broken = true; this.element.classList.add("cut"); said.textContent = this.say.cut; },
      sent: () => { this.stop.remove(); shown(1); this.element.classList.remove("cut"); said.textContent = this.say.looks; },
      progress: (done, all) => {
        if (broken) pace.restart();
        if (broken) this.element.classList.remove("cut");
        broken = false;
        pace.note(done);
        if (Date.now() - last < OFTEN && done < all) return;
        last = Date.now();
        shown(done / all);
        said.textContent = this.pace(pace.rate(), done, all);
      },
    };
    function shown(share) {
      number.textContent = percent(share);
      bar.setAttribute("aria-valuenow", String(Math.floor(share * 100)));
      bar.firstChild.style.width = `${share * 100}%`;
    }
  }

  pace(rate, done, all) {
    const facts = [put(this.say.sent, { done: size(done), all: size(all) })];
    if (rate > 0) facts.push(put(this.say.pace, { rate: size(rate) }), put(this.say.left, { time: duration((all - done) / rate) }));
    return facts.join(" · ");
  }

  // Show what became of it: HTML of the server's, or a text.
  ends(html, text, again) {
    const said = make("div", "drop-end");
    if (html) said.innerHTML = html;
    else said.append(make("div", "notice warn", text));
    if (again) said.append(button("act", this.say.again, this.say.again, again));
    this.element.classList.remove("cut");
    this.element.replaceChildren(said, button("drop-x", "×", put(this.say.hide, this), () => this.element.remove()));
  }
}

function announce(area, text) {
  area.querySelector(".drop-said").textContent = text;
}

// ---- the files' way
function add(area, files) {
  for (const file of files) enqueue(area, file, new Row(area, file.name));
  next();
}

function enqueue(area, file, row) {
  const job = { area, file, row };
  const cancel = () => {
    job.cancelled = true;
    job.way?.cancel();
    row.element.remove();
    area.querySelector(".drop-area").focus();
    if (!job.way) waiting.splice(waiting.indexOf(job), 1);
  };
  job.told = row.under(file, cancel);
  waiting.push(job);
  forgetHint(area, file.name);
}

function next() {
  while (waiting.length && going.size < ABREAST) {
    const job = waiting.shift();
    going.add(job);
    hold(through(job).finally(() => { going.delete(job); next(); }));
  }
}

async function through(job) {
  const { area, file, row, told } = job;
  const say = words(area);
  const { kind } = area.dataset;
  told.begins();
  try {
    await readable(file);
    job.way = transfer(file, kind, told);
    const { kept, notice } = await job.way.done;
    row.ends(notice);
    tell(kind, { kept, notice });
    announce(area, put(say.uploaded, row));
  } catch (error) {
    if (job.cancelled) return;
    const again = error.status !== 400 && !error.unread && (() => { enqueue(area, file, row); next(); });
    row.ends(error.notice, put(error.unread ? say.unread : say.refused, { name: file.name, status: error.status || "-" }), again);
    announce(area, put(say.failed, row));
  }
}

// A file that was changed or taken away after it was chosen fails as a broken line does, for ever.
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw { unread: true };
  }
}

// ---- what was cut off, and what the form has not heard of, when this page was loaded
function hint(area, item) {
  const row = new Row(area, item.name);
  row.element.dataset.unfinished = item.name;
  row.ends("", put(row.say.unfinished, { name: item.name, percent: percent(item.share) }));
  row.element.querySelector(".drop-x").addEventListener("click", item.drop);
}
function forgetHint(area, name) {
  for (const row of area.querySelectorAll("[data-unfinished]")) if (row.dataset.unfinished === name) row.remove();
}

function meet(area) {
  area.dataset.met = "";
  const { kind } = area.dataset;
  for (const { kept, notice } of untold(kind)) new Row(area, kept.split("/").pop()).ends(notice);
  deliver(kind);
  unfinished(kind).then((items) => {
    for (const item of items) if (![...going, ...waiting].some((job) => job.file.name === item.name)) hint(area, item);
  });
}

// ---- events
const areaFor = (target) => panelOf(target)?.querySelector(".drop");
const openArea = () => [...document.querySelectorAll(".drop")].find(visible);
const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function over(event) {
  if (!brings(event)) return;
  event.preventDefault(); // a file beside the area must not replace the page
  const area = openArea();
  event.dataTransfer.dropEffect = area ? "copy" : "none";
  area?.classList.add("over");
}
function out(event) {
  if (event.type !== "dragleave" || !event.relatedTarget) openArea()?.classList.remove("over");
}
function dropped(event) {
  if (!brings(event)) return;
  event.preventDefault();
  event.stopPropagation();
  out(event);
  const area = openArea();
  if (!area) return;
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const folders = items.map((item) => item.webkitGetAsEntry?.()?.isDirectory === true);
  const files = items.map((item) => item.getAsFile());
  files.forEach((file, index) => {
    if (folders[index]) new Row(area, file.name).ends("", put(words(area).folder, file));
  });
  add(area, files.filter((_, index) => !folders[index]));
}

// A run that is started now would be without the files under way.
function early(event) {
  const begin = event.target.closest?.("button.begin");
  const area = begin && areaFor(begin);
  if (!area || ![...going, ...waiting].some((job) => job.area === area)) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  toast(words(area).wait, "warn");
}

export function start() {
  hear();
  document.addEventListener("click", early, true);
  document.addEventListener("click", (event) => {
    event.target.closest?.(".drop-area")?.parentElement.querySelector("input[type=file]").click();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.(".drop input[type=file]")) return;
    add(event.target.closest(".drop"), [...event.target.files]);
    event.target.value = ""; // the same file may be chosen again
  });
  document.addEventListener("dragover", over, true);
  for (const type of ["dragleave", "dragend"]) document.addEventListener(type, out, true);
  document.addEventListener("drop", dropped, true);
  window.addEventListener("beforeunload", (event) => { if (going.size) event.preventDefault(); });
  new MutationObserver(() => {
    for (const area of document.querySelectorAll(".drop:not([data-met])")) meet(area);
  }).observe(document.documentElement, { childList: true, subtree: true });
}
