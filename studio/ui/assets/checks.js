// Holds what a recipe says of the checks. `element`, `props`, `trigger` and `watch` come from gr.HTML; what they find is
// drawn by a module of the page (`js/cleaning.js`), which is told what is chosen, and tells what somebody chose.
const place = element.querySelector(".checked");
const chosen = () => (props.value && typeof props.value === "object" && !Array.isArray(props.value) ? props.value : {});
let told = "";

function tell() {
  told = JSON.stringify(chosen());
  place.chosen = chosen();
  place.dispatchEvent(new CustomEvent("studio-checks", { bubbles: true }));
}
place.addEventListener("studio-check", ({ detail }) => {
  props.value = detail;
  trigger("input");
  tell();
});

watch("value", () => { if (JSON.stringify(chosen()) !== told) tell(); });
tell();
