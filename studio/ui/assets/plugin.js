// Draws a choice of a plug-in and the inputs of its options. `element`, `props`, `trigger` and `watch` come from gr.HTML.
const place = element.querySelector(".plug");
const id = `plug-${Math.random().toString(36).slice(2)}`;
const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};
const record = () => (props.value && typeof props.value === "object" ? props.value : { name: props.value ?? "" });
const chosen = () => props.plugins.find((plugin) => plugin.name === record().name);
const left = {}; // the options of each plug-in as they were when another was chosen
let drawn = "";

function change(next) {
  drawn = JSON.stringify(next);
  props.value = next;
  trigger("input");
}

function choose(name) {
  const before = record();
  left[before.name] = before;
  const options = (props.plugins.find((plugin) => plugin.name === name)?.options ?? []).map((option) => option.name);
  const shared = Object.entries(before).filter(([key]) => options.includes(key));
  change({ ...left[name], ...Object.fromEntries(shared), name });
  draw();
}

function set(key, value) {
  const { [key]: _, ...others } = record();
  change(value === null ? others : { ...others, [key]: value });
}

function number(text) {
  const read = text.trim() === "" ? null : Number(text);
  return Number.isNaN(read) ? text : read; // what is no number is for the check to name
}

function input(option) {
  const value = record()[option.name] ?? option.default ?? "";
  if (option.widget === "switch") {
    const box = make("input");
    box.type = "checkbox";
    box.checked = Boolean(value);
    box.addEventListener("change", () => set(option.name, box.checked));
    return box;
  }
  if (option.widget === "radio") {
    const select = make("select");
    for (const word of [...new Set([...option.words, value])]) {
      const entry = make("option", "", option.names[word] ?? word);
      entry.value = word;
      select.append(entry);
    }
    select.value = value;
    select.addEventListener("change", () => set(option.name, select.value));
    return select;
  }
  if (Array.isArray(value) || ["lines", "picks", "boxes"].includes(option.widget)) {
    const area = make("textarea");
    area.rows = 3;
    area.value = Array.isArray(value) ? value.join("\n") : value;
    area.addEventListener("input", () => set(option.name, area.value.split("\n").map((line) => line.trim()).filter(Boolean)));
    return area;
  }
  const text = make("input");
  text.value = value;
  if (option.widget === "number") text.inputMode = "decimal";
  text.placeholder = option.default ?? "";
  text.addEventListener("input", () => set(option.name, option.widget === "number" ? number(text.value) : text.value));
  if (option.offers.length) {
    const list = make("datalist");
    list.id = `${id}-${option.name}-offers`;
    for (const offer of option.offers) { const entry = make("option"); entry.value = offer; list.append(entry); }
    text.setAttribute("list", list.id);
    const box = make("span");
    box.append(text, list);
    return box;
  }
  return text;
}

function fields(options) {
  const grid = make("div", "plug-options");
  for (const option of options) {
    const label = make("label", option.widget === "switch" ? "plug-switch" : "");
    label.append(make("strong", "", option.label), make("small", "", option.help), input(option));
    label.querySelector("input, select, textarea").setAttribute("aria-label", option.label);
    grid.append(label);
  }
  return grid;
}

function draw() {
  const open = place.querySelector("details")?.open ?? false;
  place.textContent = "";
  const plugin = chosen();
  const head = make("div", "rows-head");
  head.append(make("strong", "", props.words.label), make("span", "", plugin?.help || props.words.help));
  place.append(head);
  const names = make("div", "plug-names");
  names.setAttribute("role", "radiogroup");
  names.setAttribute("aria-label", props.words.label);
  for (const each of props.plugins) {
    const label = make("label", each === plugin ? "chosen" : "");
    label.title = each.help;
    const radio = make("input");
    radio.type = "radio";
    radio.name = id;
    radio.value = each.name;
    radio.checked = each === plugin;
    radio.addEventListener("change", () => choose(each.name));
    label.append(radio, make("span", "", each.title));
    names.append(label);
  }
  if (props.plugins.length > 1 || !plugin) place.append(names);
  const options = plugin?.options ?? [];
  const plain = options.filter((option) => !option.advanced);
  const advanced = options.filter((option) => option.advanced);
  if (plain.length) place.append(fields(plain));
  if (advanced.length) {
    const more = make("details");
    more.open = open;
    more.append(make("summary", "", props.words.more), fields(advanced));
    place.append(more);
  }
  drawn = JSON.stringify(props.value);
}

watch("value", () => { if (JSON.stringify(props.value) !== drawn) draw(); });
draw();
