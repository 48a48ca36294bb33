// Draws a choice of one plug-in, or of several, and the inputs of their options. `element`, `props`, `trigger` and `watch` come from
// gr.HTML, `given` (the plug-ins, the words) from `plugin_control.py`.
const place = element.querySelector(".plug");
const id = `plug-${Math.random().toString(36).slice(2)}`;
const records = () => {
  const value = props.value ?? [];
  return (Array.isArray(value) ? value : [value]).map((item) => (item && typeof item === "object" ? item : { name: item }));
};
const named = (name) => given.plugins.find((plugin) => plugin.name === name);
const left = {}; // the options of each plug-in as they were when it was chosen last
let drawn = "";

function change(next) {
  props.value = given.several ? next : next[0];
  drawn = JSON.stringify(props.value);
  trigger("input");
}

function choose(name) {
  const before = records();
  for (const record of before) left[record.name] = record;
  if (given.several) {
    const there = before.some((record) => record.name === name);
    const chosen = there ? before.filter((record) => record.name !== name) : [...before, left[name] ?? { name }];
    const order = given.plugins.map((plugin) => plugin.name);
    change(there ? chosen : chosen.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)));
  } else {
    const options = (named(name)?.options ?? []).map((option) => option.name);
    const shared = Object.entries(before[0] ?? {}).filter(([key]) => options.includes(key));
    change([{ ...left[name], ...Object.fromEntries(shared), name }]);
  }
  draw();
}

function set(name, key, value) {
  change(records().map((record) => {
    if (record.name !== name) return record;
    const { [key]: _, ...others } = record;
    return value === null ? others : { ...others, [key]: value };
  }));
}

function number(text) {
  const read = text.trim() === "" ? null : Number(text);
  return Number.isNaN(read) ? text : read; // what is no number is for the check to name
}

function input(record, option) {
  const value = record[option.name] ?? option.default ?? "";
  if (option.widget === "switch") {
    const box = make("input");
    box.type = "checkbox";
    box.checked = Boolean(value);
    box.addEventListener("change", () => set(record.name, option.name, box.checked));
    return box;
  }
  if (option.widget === "radio") return choice(option.words, option.names, value, (word) => set(record.name, option.name, word));
  if (Array.isArray(value) || ["lines", "picks", "boxes"].includes(option.widget)) {
    const area = make("textarea");
    area.rows = 3;
    area.value = Array.isArray(value) ? value.join("\n") : value;
    area.addEventListener("input", () => set(record.name, option.name, area.value.split("\n").map((line) => line.trim()).filter(Boolean)));
    return area;
  }
  const text = make("input");
  text.value = value;
  if (option.widget === "number") text.inputMode = "decimal";
  text.placeholder = option.default ?? "";
  text.addEventListener("input", () => set(record.name, option.name, option.widget === "number" ? number(text.value) : text.value));
  return option.offers.length ? offering(text, option.offers) : text;
}

function fields(record, options) {
  const grid = make("div", "plug-options");
  for (const option of options) {
    const label = make("label", option.widget === "switch" ? "plug-switch" : "");
    label.append(make("strong", "", option.label), make("small", "", option.help), input(record, option));
    label.querySelector("input, select, textarea").setAttribute("aria-label", option.label);
    grid.append(label);
  }
  return grid;
}

function draw() {
  const open = [...place.querySelectorAll("details[open]")].map((more) => more.dataset.of);
  place.textContent = "";
  const chosen = records();
  const one = given.several ? null : named(chosen[0]?.name);
  const head = make("div", "rows-head");
  head.append(make("strong", "", given.words.label), make("span", "", given.words.help));
  place.append(head);
  const names = make("div", "plug-names");
  names.setAttribute("role", given.several ? "group" : "radiogroup");
  names.setAttribute("aria-label", given.words.label);
  for (const plugin of given.plugins) {
    const here = chosen.some((record) => record.name === plugin.name);
    const label = make("label", here ? "chosen" : "");
    const box = make("input");
    box.type = given.several ? "checkbox" : "radio";
    box.name = id;
    box.value = plugin.name;
    box.checked = here;
    box.addEventListener("change", () => {
      choose(plugin.name);
      place.querySelector(`.plug-names input[value="${CSS.escape(plugin.name)}"]`)?.focus();
    });
    label.append(box, make("span", "", plugin.title), ...(plugin.help ? [make("small", "", plugin.help)] : []));
    names.append(label);
  }
  if (given.several || given.plugins.length > 1 || !one) place.append(names);
  for (const record of chosen) {
    const options = named(record.name)?.options ?? [];
    const plain = options.filter((option) => !option.advanced);
    const advanced = options.filter((option) => option.advanced);
    if (given.several && options.length) place.append(make("div", "plug-of", named(record.name).title));
    if (plain.length) place.append(fields(record, plain));
    if (!advanced.length) continue;
    const more = make("details");
    more.dataset.of = record.name;
    more.open = open.includes(record.name);
    more.append(make("summary", "", given.words.more), fields(record, advanced));
    place.append(more);
  }
  drawn = JSON.stringify(props.value);
}

watch("value", () => { if (JSON.stringify(props.value) !== drawn) draw(); });
draw();
