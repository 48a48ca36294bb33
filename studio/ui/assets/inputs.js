// What the scripts of gr.HTML draw inputs with. It stands in front of each of them: such a script can import nothing.
const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
};

// A choice among words, some of which have names; `set` is called with the word that was chosen.
function choice(words, names, value, set) {
  const select = make("select");
  for (const word of [...new Set([...words, value])]) {
    if (word === "") continue;
    const option = make("option", "", names[word] ?? word);
    option.value = word;
    select.append(option);
  }
  select.value = value;
  select.addEventListener("change", () => set(select.value));
  return select;
}

// A text input with what is on offer beside free entry.
function offering(text, offers) {
  const list = make("datalist");
  list.id = `offers-${Math.random().toString(36).slice(2)}`;
  for (const offer of offers) { const option = make("option"); option.value = offer; list.append(option); }
  text.setAttribute("list", list.id);
  const box = make("span");
  box.append(text, list);
  return box;
}
