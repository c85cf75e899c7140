// The preview follows the cursor: the block that is being written is marked in it, and scrolled to where one sees it.
import { syntaxTree } from "../../bundles/editor.js";

const letters = (text) => text.normalize("NFKC").replace(/\]\([^)]*\)/g, "").replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();

/** The lines around the cursor that are one block for the reader: an item of a list, a paragraph, a heading. */
function blockAt(state) {
  const { head } = state.selection.main;
  for (let node = syntaxTree(state).resolveInner(head, -1); node; node = node.parent) {
    if (/^(?:Paragraph|ATXHeading|SetextHeading|TableRow|TableHeader|FencedCode)/.test(node.name)) {
      return state.sliceDoc(node.from, node.to);
    }
  }
  return state.doc.lineAt(head).text;
}

/** The element of `page` that says `words`; of several that do, the one that stands about as far down as the cursor. */
function elementFor(page, words, share) {
  if (!words) return null;
  const blocks = Array.from(page.querySelectorAll("p, li, h3, h4, h5, h6, tr, pre"));
  const found = blocks.filter((block) => letters(block.textContent).startsWith(words.slice(0, 60)));
  const distance = (block) => Math.abs(blocks.indexOf(block) / blocks.length - share);
  // The innermost: a paragraph rather than its item.
  return found.filter((block) => !found.some((other) => other !== block && block.contains(other)))
    .sort((one, other) => distance(one) - distance(other))[0] ?? null;
}

/** Mark in `page` what `view` is writing, and scroll `frame` to it. */
export function follow(view, page, frame) {
  page.querySelectorAll("[data-current]").forEach((one) => one.removeAttribute("data-current"));
  if (!view.hasFocus) return;
  const { state } = view;
  const share = state.selection.main.head / Math.max(1, state.doc.length);
  const block = elementFor(page, letters(blockAt(state)), share);
  if (!block) return;
  block.dataset.current = "";
  const [inner, outer] = [block.getBoundingClientRect(), frame.getBoundingClientRect()];
  if (inner.top >= outer.top && inner.bottom <= outer.bottom) return;
  frame.scrollTop += inner.top - outer.top - (frame.clientHeight - Math.min(inner.height, frame.clientHeight)) / 2;
}
