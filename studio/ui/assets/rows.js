// Draws a list of records as rows of inputs. `element`, `props`, `trigger` and `watch` come from
// gr.HTML, `given` (the columns, the words) from `row_table.py`.
const place = element.querySelector(".rows");
const records = () => (Array.isArray(props.value) ? props.value : []);
let drawn = "";

// What is said of each row is drawn beside them by a module of the page (`js/mapping.js`), which may say more of one.
function tell(rows) {
  place.records = rows;
  place.dispatchEvent(new CustomEvent("studio-rows", { bubbles: true }));
}
place.addEventListener("studio-row", ({ detail }) => change(records().map((row, at) => (at === detail.index ? detail.row : row))));

function change(next) {
  drawn = JSON.stringify(next);
  props.value = next;
  trigger("input");
  tell(next);
}

function input(column, index) {
  const value = records()[index][column.name] ?? column.default ?? "";
  const set = (text) => change(records().map((row, at) => {
    if (at !== index) return row;
    const { [column.name]: _, ...others } = row;
    // what is folded away and says nothing of its own stays out of the YAML
    return column.advanced && text === (column.default ?? "") ? others : { ...row, [column.name]: text };
  }));
  if (column.words.length || (column.offers.length && column.name !== "file")) {
    return choice([...(column.words.length ? [] : ["auto"]), ...column.words, ...column.offers], column.names, value, set);
  }
  const text = make("input");
  text.value = value;
  text.title = value;
  text.addEventListener("input", () => set(text.value));
  return offering(text, column.offers);
}

function labelled(column, index) {
  const label = make("label");
  label.title = column.help;
  label.append(make("span", "", column.label), input(column, index));
  return label;
}

// The fields that are seldom needed, folded below their row; open where one of them says something.
function more(columns, index) {
  const fold = make("details", "rows-more");
  const summary = make("summary", "", "…");
  summary.title = given.words.more;
  summary.setAttribute("aria-label", given.words.more);
  fold.append(summary);
  const fields = make("div", "rows-fields");
  fields.append(...columns.map((column) => labelled(column, index)));
  fold.append(fields);
  fold.open = columns.some((column) => (records()[index][column.name] ?? column.default ?? "") !== (column.default ?? ""));
  return fold;
}

const usual = given.columns.filter((column) => !column.advanced);
const seldom = given.columns.filter((column) => column.advanced);

function draw() {
  place.textContent = "";
  const head = make("div", "rows-head");
  head.append(make("strong", "", given.words.label), make("span", "", given.words.help));
  place.append(head);
  const rows = records();
  if (!rows.length) place.append(make("div", "rows-none", given.words.none));
  rows.forEach((_, index) => {
    const line = make("div", "rows-line");
    for (const column of usual) line.append(labelled(column, index));
    const remove = make("button", "rows-remove", "×");
    remove.type = "button";
    remove.title = given.words.remove;
    remove.setAttribute("aria-label", given.words.remove);
    remove.addEventListener("click", () => { change(records().filter((_, at) => at !== index)); draw(); place.querySelector(".rows-add").focus(); });
    line.append(remove);
    place.append(line);
    if (seldom.length) place.append(more(seldom, index));
  });
  const add = make("button", "act rows-add", `+ ${given.words.add}`);
  add.type = "button";
  add.addEventListener("click", () => {
    change([...records(), Object.fromEntries(usual.map((column) => [column.name, column.default ?? ""]))]);
    draw();
    [...place.querySelectorAll(".rows-line")].at(-1)?.querySelector("input, select")?.focus();
  });
  place.append(add);
  drawn = JSON.stringify(rows);
  tell(rows);
}

watch("value", () => { if (JSON.stringify(records()) !== drawn) draw(); });
draw();
