// A dataset given away in a format that the server makes first, and a corrected workbook given back.
import { toast } from "./dialogs.js";
import { tick } from "./parts.js";
import { go } from "./router.js";
import { ask, base, language } from "./server.js";

// Fetch what a link leads to and save it; while it is made, the link says so.
export async function save(link, event) {
  event.preventDefault();
  if (link.getAttribute("aria-busy") === "true") return;
  await busy(link, async () => {
    const answer = await ask(link.href);
    if (!answer.ok) return toast((await answer.json()).notice, "plain", true);
    const file = URL.createObjectURL(await answer.blob());
    const saved = document.createElement("a");
    saved.href = file;
    saved.download = decodeURIComponent(/filename\*=utf-8''([^;]+)/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "dataset");
    saved.click();
    setTimeout(() => URL.revokeObjectURL(file), 60000);
  });
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
