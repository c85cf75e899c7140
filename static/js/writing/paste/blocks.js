// Paragraphs, headings, lists and quotations, from HTML to Markdown.
import { escapedStarts } from "./escaping.js";
import { inline } from "./inline.js";
import { isUnseen, isWordMark, wordItem } from "./styles.js";
import { setInText } from "./setting.js";
import { tableOf } from "./tables.js";

const BLOCKS = "address,article,aside,blockquote,center,dd,details,div,dl,dt,fieldset,figure,footer,form,h1,h2,h3,h4,h5,h6,"
  + "header,hr,li,main,nav,ol,p,pre,section,summary,table,ul";
const NUMBERED = /^\s*(?:\d+|[a-z]{1,4})[.)]/i;

const isBlock = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(BLOCKS);

function levelOf(element) {
  const heading = element.localName.match(/^h([1-6])$/);
  if (heading) return Number(heading[1]);
  const spoken = element.getAttribute("role") === "heading" && Number(element.getAttribute("aria-level"));
  return spoken || Number(element.className.match?.(/\bMsoTitle\b/) ? 1 : 0);
}

/** Collects blocks: {text, inside, item}; `item` ({depth, numbered, start}) of those that begin an item, `inside` its depth. */
class Reader {
  blocks = [];
  inside = 0; // the depth of the item that is being read

  say(text, more = {}) {
    if (text) this.blocks.push({ text, inside: this.inside, ...more });
  }

  /** Read `nodes` one after the other; what stands between blocks is a paragraph of its own. `item` begins with it. */
  read(nodes, item) {
    let words = [];
    let first = item;
    const end = () => {
      const said = this.blocks.length;
      this.say(escapedStarts(inline(words)), first ? { item: first } : {});
      if (this.blocks.length > said) first = undefined;
      words = [];
    };
    nodes.forEach((node) => {
      const loose = node.nodeType === Node.ELEMENT_NODE && !isBlock(node) && node.querySelector(BLOCKS);
      if (!isBlock(node) && !loose) return words.push(node);
      end();
      const said = this.blocks.length;
      this.block(node, first);
      if (this.blocks.length > said) first = undefined;
    });
    end();
  }

  block(element, item) {
    if (isUnseen(element)) return;
    const level = levelOf(element);
    const word = wordItem(element);
    const kind = element.localName;
    if (level) this.say(`${"#".repeat(Math.min(level, 6))} ${inline([element], ["strong"])}`.replace(/^#+ $/, ""));
    else if (word) this.wordItem(element, word);
    else if (kind === "li") this.listItem(element);
    else if (kind === "hr") this.say("---");
    else if (kind === "pre") this.say(`\`\`\`\n${element.textContent.replace(/\s+$/, "")}\n\`\`\``);
    else if (kind === "blockquote") this.say(markdownOf(element.childNodes).replace(/^/gm, "> ").replace(/^> $/gm, ">"));
    else if (kind === "table") this.table(element);
    else this.read([...element.childNodes], item);
  }

  table(element) {
    const table = tableOf(element);
    if (table) this.say(table);
    else element.querySelectorAll("td, th").forEach((cell) => this.read([...cell.childNodes]));
  }

  listItem(element) {
    const list = element.parentElement;
    const online = element.closest(".ListContainerWrapper") && Number(element.getAttribute("aria-level"));
    let depth = 0;
    for (let above = list; above; above = above.parentElement) depth += above.matches("ul, ol") ? 1 : 0;
    const start = list?.firstElementChild === element ? Number(list.getAttribute("start")) || 1 : undefined;
    const item = { depth: online || Math.max(1, depth), numbered: list?.localName === "ol", start };
    const outside = this.inside;
    this.inside = item.depth;
    this.read([...element.childNodes], item);
    this.inside = outside;
  }

  wordItem(element, { level }) {
    const mark = Array.from(element.querySelectorAll("[data-style]")).find(isWordMark);
    this.say(inline([element]), { item: { depth: level, numbered: NUMBERED.test(mark?.textContent ?? "") } });
  }
}

/** The Markdown of what `nodes` say. */
export function markdownOf(nodes) {
  const reader = new Reader();
  reader.read([...nodes]);
  return setInText(reader.blocks);
}
