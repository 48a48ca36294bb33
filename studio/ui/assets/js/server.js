// Where the page's own routes lie, whatever stands in front of them, and asking them.
import { connected } from "./connection.js";

const here = new URL("./", location.href);
export const { language } = window.STUDIO;
export const base = new URL(language === "zh" ? "./studio/" : "../studio/", here);
export const root = new URL("../", base).href.replace(/\/$/, "");

// Ask a route. Throws a TypeError where the server cannot be reached, as fetch does; the page has then said so.
export async function ask(path, options = {}) {
  try {
    const answer = await fetch(new URL(path, base), { cache: "no-store", ...options });
    connected(true);
    return answer;
  } catch (error) {
    if (error instanceof TypeError) connected(false);
    throw error;
  }
}

export function askJson(path, body, headers = {}) {
  const all = { "Content-Type": "application/json", ...headers };
  return ask(path, { method: "POST", headers: all, body: JSON.stringify(body) });
}

// Ask for something to be done; only this page may.
export function act(path) {
  const address = new URL(path, base);
  address.searchParams.set("lang", language);
  return ask(address, { method: "POST", headers: { "X-Studio": "page" } });
}
