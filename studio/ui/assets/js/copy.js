// A text of the page into the clipboard.
import { toast } from "./dialogs.js";

// Copy what stands in the box around a button; the focus stays with the button.
export async function copy(button) {
  const source = button.closest(".copied").querySelector("pre, textarea");
  const done = await written(source.value ?? source.textContent);
  button.focus();
  if (done) toast(window.STUDIO.words.copied, "good");
}

// Browsers have a clipboard for pages that came over HTTPS or from this machine alone; others take what is selected.
async function written(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
