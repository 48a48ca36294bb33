// The values under the pointer, on a plot that the server drew.
const near = (points, at) => points.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a));

export function hover(figure) {
  const lines = Object.entries(JSON.parse(figure.dataset.points));
  const svg = figure.querySelector("svg");
  const box = svg.viewBox.baseVal;
  const tip = document.createElement("div");
  tip.className = "tip";
  const rule = document.createElementNS("http://www.w3.org/2000/svg", "line");
  rule.setAttribute("class", "rule");
  svg.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const at = ((event.clientX - frame.left) / frame.width) * box.width;
    const found = lines.map(([name, points]) => [name, near(points, at)]);
    const x = near(found.map(([, point]) => point), at)[0];
    tip.textContent = "";
    for (const [name, point] of found) {
      const line = document.createElement("div");
      line.textContent = `${name} ${point[3]} · ${figure.dataset.step} ${point[2]}`;
      tip.append(line);
    }
    for (const [key, value] of [["x1", x], ["x2", x], ["y1", 14], ["y2", box.height - 34]]) rule.setAttribute(key, value);
    if (!rule.isConnected) svg.append(rule);
    if (!tip.isConnected) figure.append(tip);
    tip.style.left = `${Math.min(Math.max(x / box.width, 0.2), 0.8) * 100}%`;
  });
  svg.addEventListener("pointerleave", () => { tip.remove(); rule.remove(); });
}
