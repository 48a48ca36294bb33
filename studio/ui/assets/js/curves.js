// Draws one metric of several runs on one pair of axes, by uPlot; the numbers stand below as a table, for those who
// cannot see the lines too.
const HEIGHT = 260;
const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 432800, 864000];
const states = new WeakMap(); // of each canvas: its plot, and what it was made for
let library;

// uPlot comes when it is first needed, with its style.
function load() {
  library ??= import("./vendor/uPlot.esm.js").then((module) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("./vendor/uPlot.min.css", import.meta.url);
    return new Promise((resolve) => {
      style.onload = style.onerror = () => resolve(module.default);
      document.head.append(style);
    });
  });
  return library;
}

// The moving average with exponential weights, corrected for its beginning.
export function smoothed(values, weight) {
  let [sum, whole] = [0, 0];
  return values.map((value) => {
    sum = sum * weight + value * (1 - weight);
    whole = whole * weight + (1 - weight);
    return sum / whole;
  });
}

// A number with about four figures.
export function figure(value) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) return value.toExponential(2).replace("e+", "e").replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(4)));
}

function clock(seconds) {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export async function draw(figureElement, lines, view, words) {
  const uPlot = await load();
  const box = figureElement.querySelector(".canvas");
  if (!box.isConnected || !box.clientWidth || !lines.length) return;
  const positive = lines.some(({ course }) => course.values.some((value) => value > 0));
  const log = view.log && positive;
  note(figureElement, view.log && !positive ? words.none : "");
  const data = uPlot.join(lines.map(({ course }) => {
    const values = log ? course.values.map((value) => (value > 0 ? value : null)) : course.values;
    const fine = view.smooth ? [smoothed(course.values, view.smooth).map((value) => (log && value <= 0 ? null : value))] : [];
    return [view.time ? course.seconds : course.steps, values, ...fine];
  }));
  const made = JSON.stringify([lines.map(({ id, colour, title }) => [id, colour, title]), view.smooth > 0, log, view.time, colours(box, lines)]);
  let state = states.get(box);
  if (state?.made === made) {
    state.lines = lines;
    const whole = isWhole(state.plot);
    state.plot.setData(data, whole);
    if (!whole) state.plot.redraw();
  } else {
    const zoomed = state && state.time === view.time && !isWhole(state.plot) ? { min: state.plot.scales.x.min, max: state.plot.scales.x.max } : null;
    state?.plot.destroy();
    state?.watch.disconnect();
    state = { made, lines, time: view.time, doubled: view.smooth > 0, words };
    states.set(box, state);
    state.plot = new uPlot(options(figureElement, box, state, lines, log, view.time), data, box);
    if (zoomed) state.plot.setScale("x", zoomed);
    state.watch = new ResizeObserver(() => {
      if (box.clientWidth && box.clientWidth !== state.plot.width) state.plot.setSize({ width: box.clientWidth, height: HEIGHT });
    });
    state.watch.observe(box);
    listen(figureElement, box);
  }
  table(figureElement, state);
}

function note(figureElement, text) {
  const place = figureElement.querySelector(".note");
  place.textContent = text;
  place.hidden = !text;
}

const tone = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();
const colours = (box, lines) => ["--line", "--mute", ...lines.map(({ colour }) => `--r${colour}`)].map((name) => tone(box, name));

function options(figureElement, box, state, lines, log, time) {
  const [grid, mute, ...strokes] = colours(box, lines);
  const font = `12px ${getComputedStyle(box).fontFamily}`;
  const axis = { stroke: mute, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 5 } };
  const series = lines.flatMap(({ colour }, index) => {
    const line = { stroke: strokes[index], width: 2, dash: colour >= 5 ? [6, 4] : [], spanGaps: true, points: { show: alone } };
    return state.doubled ? [{ ...line, width: 1, alpha: 0.3, dash: [] }, line] : [line];
  });
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false }, dataIdx: nearest, points: { size: (_, index) => (state.doubled && index % 2 ? 0 : 7) } },
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    series: [{}, ...series],
    axes: [
      { ...axis, size: 30, ...(time ? { incrs: SPANS, values: (_, ticks) => ticks.map(clock) } : { values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick.toLocaleString("en") : "")) }) },
      { ...axis, size: 62, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : figure(tick))) },
    ],
    hooks: {
      setCursor: [() => table(figureElement, state)],
      setScale: [(plot, key) => { if (key === "x") figureElement.querySelector(".whole").hidden = isWhole(plot); }],
    },
  };
}

// A course of one value is a dot.
const alone = (plot, index) => plot.data[index].filter((value) => value !== null && value !== undefined).length === 1;

// The runs were not measured at the same steps: under the pointer stands of each what is nearest.
function nearest(plot, index, at) {
  const values = plot.data[index];
  for (let far = 0; far < values.length; far += 1) {
    for (const near of [at - far, at + far]) if (values[near] !== null && values[near] !== undefined) return near;
  }
  return at;
}

function isWhole(plot) {
  const xs = plot.data[0];
  return plot.scales.x.min === undefined || plot.scales.x.min === null || (plot.scales.x.min <= xs[0] && plot.scales.x.max >= xs[xs.length - 1]);
}

function whole(plot) {
  const xs = plot.data[0];
  plot.setScale("x", { min: xs[0], max: xs[xs.length - 1] });
}

const listening = new WeakSet();
function listen(figureElement, box) {
  if (listening.has(box)) return;
  listening.add(box);
  figureElement.querySelector(".whole").addEventListener("click", () => { whole(states.get(box).plot); box.focus(); });
  box.addEventListener("keydown", (event) => {
    const { plot } = states.get(box);
    const xs = plot.data[0];
    const moves = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (moves) {
      const [first, last] = [xs.findIndex((x) => x >= plot.scales.x.min), xs.findLastIndex((x) => x <= plot.scales.x.max)];
      const stride = Math.max(1, Math.round((last - first) / 50));
      const at = Math.min(Math.max((plot.cursor.idx ?? (moves > 0 ? first - stride : last + stride)) + moves * stride, first), last);
      plot.setCursor({ left: plot.valToPos(xs[at], "x"), top: plot.over.clientHeight / 2 });
    } else if (event.key === "+" || event.key === "=") {
      const { min, max } = plot.scales.x;
      const middle = plot.cursor.idx === null || plot.cursor.idx === undefined ? (min + max) / 2 : xs[plot.cursor.idx];
      plot.setScale("x", { min: middle - (max - min) / 4, max: middle + (max - min) / 4 });
    } else if (event.key === "Escape") {
      whole(plot);
    } else return;
    event.preventDefault();
  });
}

// What the lines say in numbers: a row a run, with what is under the pointer.
function table(figureElement, state) {
  const { plot, lines, words, doubled, time } = state;
  if (!plot) return; // uPlot sets its cursor once before it is there
  const idxs = plot.cursor.idxs ?? [];
  const at = plot.cursor.idx === null || plot.cursor.idx === undefined ? null : plot.data[0][plot.cursor.idx];
  const place = at === null ? "" : ` · ${time ? clock(at) : at.toLocaleString("en")}`;
  const rows = lines.map(({ title, colour, course }, index) => {
    const number = doubled ? 2 * index + 2 : index + 1;
    const under = at === null || idxs[number] === null || idxs[number] === undefined ? null : plot.data[number][idxs[number]];
    const swatch = document.createElement("i");
    swatch.className = `swatch r${colour}`;
    const name = document.createElement("th");
    name.scope = "row";
    name.append(swatch, title);
    const last = course.values[course.values.length - 1];
    return row(name, ...[under, last, course.values.reduce((a, b) => Math.min(a, b)), course.values.reduce((a, b) => Math.max(a, b))].map((value) => cell("td", figure(value))));
  });
  const heads = [words.run, `${words.pointer}${place}`, words.last, words.lowest, words.highest];
  figureElement.querySelector(".legend").replaceChildren(row(...heads.map((word) => cell("th", word))), ...rows);
}
function row(...cells) {
  const line = document.createElement("tr");
  line.append(...cells);
  return line;
}
function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
