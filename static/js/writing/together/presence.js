// Who else is here, in words and in the texts.
import { createRelativePositionFromTypeIndex } from "../../bundles/editor.js";
import { announce } from "../../announce.js";
import { showOthers } from "./others.js";
import { indexOf } from "./positions.js";

const list = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** "Ada Lovelace and Grace Hopper are here", once for each of `names`; "" for nobody. */
export function hereInWords(names) {
  const several = new Set(names);
  if (!several.size) return "";
  return `${list.format(several)} ${several.size === 1 ? "is" : "are"} here`;
}

export class Presence {
  /** `views`: the editors by the names of their texts; `person`: the one who sits here. */
  constructor(element, views, texts, person) {
    Object.assign(this, { element, views, texts, person, names: [] });
  }

  /** Where the cursor of this page is, for the others. */
  cursor() {
    const [part, view] = Object.entries(this.views).find(([, one]) => one.hasFocus) ?? [];
    if (!part) return null;
    const { anchor, head } = view.state.selection.main;
    const relative = (index) => createRelativePositionFromTypeIndex(this.texts[part], index);
    return { part, anchor: relative(anchor), head: relative(head) };
  }

  /** Show the other pages that are here: [{tab, person, name, cursor}]. */
  show(here) {
    const others = here.filter((one) => String(one.person) !== this.person).map((one) => one.name);
    const words = hereInWords(others);
    if (words !== this.element.textContent) this.element.textContent = words;
    // Coming is said aloud, once; going is not worth an interruption.
    const fresh = others.filter((name) => !this.names.includes(name));
    if (fresh.length) announce(hereInWords(fresh));
    this.names = others;
    Object.entries(this.views).forEach(([part, view]) => showOthers(view, this.within(here, part)));
  }

  within(here, part) {
    return here.filter(({ cursor }) => cursor?.part === part).flatMap(({ tab, person, name, cursor }) => {
      const [anchor, head] = [cursor.anchor, cursor.head].map((one) => indexOf(one, this.texts[part]));
      return anchor === null || head === null ? [] : [{ tab, person, name: name.split(" ")[0], anchor, head }];
    });
  }
}
