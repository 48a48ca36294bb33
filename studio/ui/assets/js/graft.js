// New HTML around an element that stays: one that is at work ([data-keep]) is neither taken out nor drawn anew, and so
// keeps its place, the focus and a scroll that is under way.
const KEPT = "[data-keep]";

// Draw HTML into a place around the element that both have. Tells whether they have one, on a path of the same elements.
export function graft(place, html) {
  const old = place.querySelector(KEPT);
  if (!old) return false;
  const made = document.createElement("template");
  made.innerHTML = html;
  const fresh = made.content.querySelector(`[data-keep="${CSS.escape(old.dataset.keep)}"]`);
  const [above, below] = [pathTo(place, old), fresh ? pathTo(made.content, fresh) : []];
  if (above.length !== below.length || above.some((element, depth) => element.tagName !== below[depth].tagName)) return false;
  let [parent, source] = [place, made.content];
  above.forEach((stays, depth) => {
    const like = below[depth];
    const children = [...source.childNodes];
    const at = children.indexOf(like);
    for (const child of [...parent.childNodes]) if (child !== stays) child.remove();
    stays.before(...children.slice(0, at));
    stays.after(...children.slice(at + 1));
    if (stays !== old) dress(stays, like);
    [parent, source] = [stays, like];
  });
  return true;
}

// The elements from below a place down to one, that one last.
function pathTo(place, element) {
  const path = [];
  for (let at = element; at && at !== place; at = at.parentNode) path.unshift(at);
  return path;
}

function dress(element, like) {
  for (const { name } of [...element.attributes]) if (!like.hasAttribute(name)) element.removeAttribute(name);
  for (const { name, value } of like.attributes) element.setAttribute(name, value);
}
