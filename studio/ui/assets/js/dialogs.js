// What stands above the page: a message that passes, and a question that waits.
let toasted;
let passing;

// Show a message: text, or HTML of the server's. It goes by itself unless it is to stay; a click closes it.
export function toast(said, grade, stay = false) {
  if (!toasted) {
    toasted = document.createElement("div");
    toasted.setAttribute("role", "status");
    toasted.addEventListener("click", () => toasted.classList.remove("shown"));
  }
  (document.querySelector("dialog[open]") ?? document.body).append(toasted); // what is modal lies above all else
  if (said.startsWith("<")) toasted.innerHTML = said;
  else toasted.textContent = said;
  toasted.className = `toast shown ${grade}`;
  clearTimeout(passing);
  if (!stay) passing = setTimeout(() => toasted.classList.remove("shown"), 7000);
}

// Ask, and return whether the answer was yes; the button that says it bears the word of what will be done.
export const confirmed = (question, word, grade) => put(question, word, grade, null).then((said) => said !== null);

// Ask for a text, and return it; null where nobody wants to.
export const entered = (question, text) => put(question, window.STUDIO.words.save, "", text);

function put(question, word, grade, text) {
  const { words } = window.STUDIO;
  return new Promise((resolve) => {
    const dialog = make("dialog", "ask");
    const form = make("form");
    form.method = "dialog";
    const box = text === null ? null : make("textarea");
    const label = make(box ? "label" : "p", "", question);
    dialog.setAttribute("aria-label", question);
    if (box) { box.value = text; box.rows = 3; label.append(box); }
    const row = make("div");
    for (const [said, value] of [[words.cancel, ""], [word || words.confirm, "yes"]]) {
      const button = make("button", value ? `act ${grade || "primary"}` : "act", said);
      button.value = value;
      row.append(button);
    }
    form.append(label, row);
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? (box?.value ?? "") : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    (box ?? row.lastChild).focus();
  });
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}
