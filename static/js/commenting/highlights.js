// The words in an editor that somebody commented on, marked; the marks move with the words.
import { Decoration, StateEffect } from "../bundles/editor.js";
import { decorated } from "../writing/together/decorated.js";

function decoration({ id, from, to, current }) {
  const look = current ? "commented commented-now" : "commented";
  return Decoration.mark({ class: look, attributes: { "data-commented": String(id) } }).range(from, to);
}

const { field, show } = decorated("commented", (places) => Decoration.set(places.map(decoration), true));

/** Let `view` mark words from now on. */
export function ready(view) {
  view.dispatch({ effects: StateEffect.appendConfig.of(field) });
}

/** Mark `places` in `view`: [{id, from, to, current}]. */
export function highlight(view, places) {
  show(view, places.filter(({ from, to }) => from < to && to <= view.state.doc.length));
}

/** The id of the comment whose words are at `index`; of several, the one that is about the fewest. Or null. */
export function commentAt(view, index) {
  let best = null;
  view.state.field(field).between(index, index, (from, to, { spec }) => {
    if (!best || to - from < best.size) best = { size: to - from, id: spec.attributes["data-commented"] };
  });
  return best?.id ?? null;
}
