// Bringing something into sight: gliding, unless somebody has asked for less of that.
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export function show(element) {
  element.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}
