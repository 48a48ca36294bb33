// A dataset given away in a format that the server makes first, and a corrected workbook given back.
import { toast } from "./dialogs.js";
import { tick } from "./parts.js";
import { go } from "./router.js";
import { ask, base, language } from "./server.js";
import { size } from "./size.js";

const POLL = 700; // milliseconds

// Fetch what a link leads to and save it; while it is made, the link says so.
export async function save(link, event) {
  event.preventDefault();
  if (link.getAttribute("aria-busy") === "true") return;
  await busy(link, async () => {
    const answer = await written(link);
    if (!answer.ok) return toast((await answer.json()).notice, "plain", true);
    const file = URL.createObjectURL(await received(answer, link));
    const saved = document.createElement("a");
    saved.href = file;
    saved.download = decodeURIComponent(/filename\*=utf-8''([^;]+)/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "dataset");
    saved.click();
    setTimeout(() => URL.revokeObjectURL(file), 60000);
  });
}

const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

// Ask for it; until all of it is written, the link says how many rows are.
async function written(link) {
  const address = new URL(link.href);
  const name = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  address.searchParams.set("watch", name);
  const watch = setInterval(async () => {
    const said = await ask(`exporting/${name}`).then((answer) => answer.json()).catch(() => null);
    if (!said || link.getAttribute("aria-busy") !== "true" || link.dataset.whole) return;
    const [done, all] = said.map((count) => count.toLocaleString("en"));
    link.textContent = put(link.dataset.written, { done, all });
  }, POLL);
  delete link.dataset.whole;
  try {
    return await ask(address);
  } finally {
    clearInterval(watch);
    link.dataset.whole = "yes";
  }
}

// Take what is sent; the link says how much has come, of how much where that is known.
async function received(answer, link) {
  const all = Number(answer.headers.get("Content-Length"));
  const pieces = [];
  let done = 0;
  const reader = answer.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    done += piece.value.length;
    link.textContent = all ? put(link.dataset.sent, { done: size(done), all: size(all) }) : size(done);
  }
  return new Blob(pieces, { type: answer.headers.get("Content-Type") });
}

async function give(event) {
  const input = event.target.closest("input[data-back]");
  const [file] = input?.files ?? [];
  if (!file) return;
  await busy(input.closest("label").querySelector("span"), async () => {
    const address = new URL(input.dataset.back, base);
    address.searchParams.set("name", file.name);
    address.searchParams.set("lang", language);
    const headers = { "X-Studio": "page", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" };
    const said = await (await ask(address, { method: "POST", headers, body: file })).json();
    if (said.notice) toast(said.notice, "plain", true);
    else {
      go("data", said.wish);
      input.closest('[role="tabpanel"]')?.scrollIntoView();
    }
  });
  input.value = ""; // the same file may be chosen again, once it is mended
  tick();
}

async function busy(element, work) {
  const words = element.textContent;
  element.setAttribute("aria-busy", "true");
  element.textContent = element.dataset.busy;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the server is away, and the page has said so
  } finally {
    element.removeAttribute("aria-busy");
    element.textContent = words;
  }
}

export function start() {
  document.addEventListener("change", give);
}
