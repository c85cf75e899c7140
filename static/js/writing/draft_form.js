// The form of a draft, read and written as a whole.
import { showOutcomes } from "./outcomes.js";
import { replaceText } from "./replace_text.js";

const NOT_TEXT = new Set(["csrf_token", "base"]);
const TEXTS = ["opening", "went_well", "went_badly", "next_priorities"];

export class DraftForm {
  constructor(form) {
    this.form = form;
    // What is unsaved is kept elsewhere; a browser that fills old text back in would put it on a new base.
    form.autocomplete = "off";
  }

  /** What the server sent, compared as `now`, whatever was typed before this script came. */
  get loaded() {
    const copy = this.form.cloneNode(true);
    copy.reset();
    return DraftForm.compared(new DraftForm(copy).typed());
  }

  get base() {
    return this.form.elements.base.value;
  }

  set base(number) {
    this.form.elements.base.value = number;
  }

  /** What was typed, as pairs of name and value; without the token and the base. */
  typed() {
    return Array.from(new FormData(this.form)).filter(([name]) => !NOT_TEXT.has(name));
  }

  /** The same as one string, to be compared. Keys of rows, and rows that say nothing, do not count. */
  static compared(typed) {
    const counted = typed.filter(([name, value]) => !name.endsWith("-key") && (value || TEXTS.includes(name)));
    return JSON.stringify(counted).replaceAll("\\r\\n", "\\n");
  }

  get now() {
    return DraftForm.compared(this.typed());
  }

  /** What is sent: what was typed, the base it stands on, and this session's token. */
  entries(typed, base) {
    return [...typed, ["base", base], ["csrf_token", this.form.elements.csrf_token.value]];
  }

  /** Show other texts by name, priorities [{key, title, measure, owner_id, carries}] and outcomes. */
  show(texts, priorities, outcomes) {
    TEXTS.forEach((name) => replaceText(this.form.elements[name], texts[name]));
    this.form.querySelector("priority-rows").show(priorities);
    showOutcomes(this.form, outcomes);
  }

  /** Show what `typed()` gave, perhaps on an earlier day. */
  showTyped(typed) {
    const lists = { priorities: [], outcomes: [] };
    typed.forEach(([name, value]) => {
      const [, list, index, part] = name.match(/^(priorities|outcomes)-(\d+)-(\w+)$/) ?? [];
      if (part) (lists[list][index] ??= {})[part] = value;
    });
    this.show(Object.fromEntries(typed), lists.priorities.filter(Boolean), lists.outcomes.filter(Boolean));
  }
}

/** Give every form of the page the token of the present session. */
export function renewTokens(token) {
  document.querySelectorAll('input[name="csrf_token"]').forEach((input) => { input.value = token; });
}
