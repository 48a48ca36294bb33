// Draws a list of records as rows of inputs. `element`, `props`, `trigger` and `watch` come from gr.HTML.
const place = element.querySelector(".rows");
const records = () => (Array.isArray(props.value) ? props.value : []);
let drawn = "";

function change(next) {
  drawn = JSON.stringify(next);
  props.value = next;
  trigger("input");
}

function input(column, index) {
  const value = records()[index][column.name] ?? column.default ?? "";
  const set = (text) => change(records().map((row, at) => (at === index ? { ...row, [column.name]: text } : row)));
  if (column.words.length || (column.offers.length && column.name !== "file")) {
    return choice([...(column.words.length ? [] : ["auto"]), ...column.words, ...column.offers], column.names, value, set);
  }
  const text = make("input");
  text.value = value;
  text.title = value;
  text.addEventListener("input", () => set(text.value));
  return offering(text, column.offers);
}

function draw() {
  place.textContent = "";
  const head = make("div", "rows-head");
  head.append(make("strong", "", props.words.label), make("span", "", props.words.help));
  place.append(head);
  const rows = records();
  if (!rows.length) place.append(make("div", "rows-none", props.words.none));
  rows.forEach((_, index) => {
    const line = make("div", "rows-line");
    for (const column of props.columns) {
      const label = make("label");
      label.title = column.help;
      label.append(make("span", "", column.label), input(column, index));
      line.append(label);
    }
    const remove = make("button", "rows-remove", "×");
    remove.type = "button";
    remove.title = props.words.remove;
    remove.setAttribute("aria-label", props.words.remove);
    remove.addEventListener("click", () => { change(records().filter((_, at) => at !== index)); draw(); });
    line.append(remove);
    place.append(line);
  });
  const add = make("button", "act rows-add", `+ ${props.words.add}`);
  add.type = "button";
  add.addEventListener("click", () => {
    change([...records(), Object.fromEntries(props.columns.map((column) => [column.name, column.default ?? ""]))]);
    draw();
  });
  place.append(add);
  drawn = JSON.stringify(rows);
}

watch("value", () => { if (JSON.stringify(records()) !== drawn) draw(); });
draw();
