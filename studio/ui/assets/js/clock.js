// What the browser alone knows: how long a run has taken by now, and where this page was opened.
import { language, root } from "./server.js";

const UNITS = { zh: [" 小时 ", " 分 ", " 秒"], en: [" h ", " min ", " s"] };

// Return a length of time in two units at most.
export function duration(seconds) {
  const units = UNITS[language];
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const said = h ? `${h}${units[0]}${m}${units[1]}` : m ? `${m}${units[1]}${s}${units[2]}` : `${s}${units[2]}`;
  return said.trim();
}

export function clock(place) {
  for (const time of place.querySelectorAll("time[data-since]")) {
    time.textContent = duration(Date.now() / 1000 - Number(time.dataset.since));
  }
  for (const code of place.querySelectorAll("[data-origin]:empty")) code.textContent = root + code.dataset.origin;
  for (const code of place.querySelectorAll("[data-origin-code]")) {
    if (code.textContent.includes("{url}")) code.textContent = code.textContent.replace("{url}", root);
  }
}
