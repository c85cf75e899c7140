// Blocks set as text: items of a list below each other, everything else with an empty line between.
const INDENT = "    ";

class Setting {
  numbers = [];
  text = "";

  /** Begin an item: its mark counts on from the items before it. */
  item({ depth: wanted, numbered, start = 1 }, text) {
    const depth = Math.min(wanted, this.numbers.length + 1);
    const within = this.numbers.length > 0 && !(depth === 1 && Boolean(this.numbers[0]) !== numbered);
    this.numbers.length = depth;
    const last = this.numbers[depth - 1];
    this.numbers[depth - 1] = numbered ? (last || start - 1) + 1 : 0;
    const mark = numbered ? `${this.numbers[depth - 1]}. ` : "- ";
    this.add(within ? "\n" : "\n\n", INDENT.repeat(depth - 1) + mark, text);
  }

  /** Another block: a second paragraph of an item belongs to it, any other ends the list. */
  block(inside, text) {
    if (!inside) this.numbers = [];
    this.add("\n\n", INDENT.repeat(Math.min(inside, this.numbers.length)), text);
  }

  add(before, first, text) {
    const indent = " ".repeat(first.length);
    this.text += (this.text && before) + first + text.replace(/\n(?=.)/g, `\n${indent}`);
  }
}

/** The text of `blocks`: {text, inside, item}, see blocks.js. */
export function setInText(blocks) {
  const setting = new Setting();
  blocks.forEach(({ text, inside, item }) => (item ? setting.item(item, text) : setting.block(inside, text)));
  return setting.text;
}
