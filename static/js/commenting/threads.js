// The threads about one part, as the server renders them, shown anew without losing what is being typed in them.

const CONTROLS = "textarea[id], input[id]:not([type=hidden])";

function typed(place) {
  return Array.from(place.querySelectorAll(CONTROLS), (control) => ({
    id: control.id,
    value: control.value,
    open: control.closest("details")?.open,
    focused: control === document.activeElement,
    selection: [control.selectionStart, control.selectionEnd],
  }));
}

function restore(place, kept) {
  kept.forEach(({ id, value, open, focused, selection }) => {
    const control = place.querySelector(`#${CSS.escape(id)}`);
    if (!control || !(value || open || focused)) return;
    control.value = value;
    control.closest("details")?.setAttribute("open", "");
    if (!focused) return;
    control.focus();
    control.setSelectionRange(...selection);
  });
}

/** Parse outside of the page: within a form, the parser would drop the forms in `html`. */
function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Show `html` in `place`. */
export function showThreads(place, html) {
  const kept = typed(place);
  const resolved = place.querySelector(".resolved")?.open;
  const thread = document.activeElement?.closest("[data-thread]");
  const inside = thread && place.contains(thread) ? thread.dataset.thread : null;
  place.replaceChildren(parsed(html));
  if (resolved) place.querySelector(".resolved")?.setAttribute("open", "");
  restore(place, kept);
  if (inside && !place.contains(document.activeElement)) focusThread(place, inside);
}

/** Put the focus on a thread, wherever it stands in `place`. */
export function focusThread(place, id) {
  const comment = place.querySelector(`#comment-${id}`);
  comment?.closest("details")?.setAttribute("open", "");
  comment?.focus();
}
