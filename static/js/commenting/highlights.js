// The words in an editor that somebody commented on, marked; the marks move with the words.
import { Decoration, EditorView, StateEffect, StateField } from "../bundles/editor.js";

const marked = StateEffect.define();

const field = StateField.define({
  create: () => Decoration.none,
  update(shown, { effects, changes }) {
    const told = effects.find((effect) => effect.is(marked));
    return told ? told.value : shown.map(changes);
  },
  provide: (self) => EditorView.decorations.from(self),
});

function decoration({ id, from, to, current }) {
  const look = current ? "commented commented-now" : "commented";
  return Decoration.mark({ class: look, attributes: { "data-commented": String(id) } }).range(from, to);
}

/** Let `view` mark words from now on. */
export function ready(view) {
  view.dispatch({ effects: StateEffect.appendConfig.of(field) });
}

/** Mark `places` in `view`: [{id, from, to, current}]. */
export function highlight(view, places) {
  const within = places.filter(({ from, to }) => from < to && to <= view.state.doc.length);
  const said = JSON.stringify(within);
  if (said === view.dom.dataset.commented) return;
  view.dom.dataset.commented = said;
  view.dispatch({ effects: marked.of(Decoration.set(within.map(decoration), true)) });
}

/** The id of the comment whose words are at `index`; of several, the one that is about the fewest. Or null. */
export function commentAt(view, index) {
  let best = null;
  view.state.field(field).between(index, index, (from, to, { spec }) => {
    if (!best || to - from < best.size) best = { size: to - from, id: spec.attributes["data-commented"] };
  });
  return best?.id ?? null;
}
