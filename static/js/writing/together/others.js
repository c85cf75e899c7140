// Where the others are in this text: a thin cursor with the name beside it, and what they have selected.
import { Decoration, WidgetType } from "../../bundles/editor.js";
import { decorated } from "./decorated.js";

const LOOKS = 4; // see --other-1 and following in the sheets

class Cursor extends WidgetType {
  constructor({ tab, name, look }) {
    super();
    Object.assign(this, { tab, name, look });
  }

  eq(other) {
    return other.tab === this.tab && other.name === this.name && other.look === this.look;
  }

  toDOM() {
    const cursor = document.createElement("span");
    cursor.className = `other-cursor other-${this.look}`;
    cursor.setAttribute("aria-hidden", "true");
    const label = document.createElement("span");
    label.className = "other-name";
    label.textContent = this.name;
    cursor.append(label);
    return cursor;
  }

  ignoreEvent() {
    return true;
  }
}

function decorations(people, length) {
  const within = (position) => Math.max(0, Math.min(position, length));
  const found = people.flatMap((one) => {
    const [anchor, head] = [within(one.anchor), within(one.head)];
    const cursor = Decoration.widget({ widget: new Cursor(one), side: head < anchor ? -1 : 1 }).range(head);
    if (anchor === head) return [cursor];
    const selected = Decoration.mark({ class: `other-selection other-${one.look}` });
    return [selected.range(Math.min(anchor, head), Math.max(anchor, head)), cursor];
  });
  return Decoration.set(found, true);
}

const { field, show } = decorated("others", (people, doc) => decorations(people, doc.length));

/** Show `people` in `view`: [{tab, name, person, anchor, head}]. */
export function showOthers(view, people) {
  show(view, people.map((one) => ({ ...one, look: 1 + (one.person % LOOKS) })));
}

export const others = [field];
