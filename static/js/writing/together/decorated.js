// What is shown in an editor beside its words: put there as a whole, and moving with the words until it is put there anew.
import { Decoration, EditorView, StateEffect, StateField } from "../../bundles/editor.js";

/** Decorations called `name`: the `field` that holds them, and `show(view, what)`. `draw(what, doc)` makes a set of them. */
export function decorated(name, draw) {
  const told = StateEffect.define();
  const field = StateField.define({
    create: () => Decoration.none,
    update(shown, { effects, changes, newDoc }) {
      const news = effects.find((effect) => effect.is(told));
      return news ? draw(news.value, newDoc) : shown.map(changes);
    },
    provide: (self) => EditorView.decorations.from(self),
  });
  const show = (view, what) => {
    const said = JSON.stringify(what);
    if (said === view.dom.dataset[name]) return;
    view.dom.dataset[name] = said;
    view.dispatch({ effects: told.of(what) });
  };
  return { field, show };
}
