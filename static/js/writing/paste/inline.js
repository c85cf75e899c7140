// Words with their emphasis and links, from HTML to Markdown. Adjacent words that look the same share their marks.
import { escaped } from "./escaping.js";
import { bold, code, isUnseen, isWordMark, italic, struck } from "./styles.js";

const LOOKS = { strong: bold, emphasis: italic, struck, code };
const WEB = /^(?:https?|mailto):/i;

/** Where a link leads, without Google's detour; "" where that is nowhere on the web. */
export function addressOf(element) {
  const address = element.getAttribute("href") ?? "";
  if (!WEB.test(address)) return "";
  const detour = address.match(/^https?:\/\/(?:www\.)?google\.com\/url\?(.*)$/i);
  const leads = detour && new URLSearchParams(detour[1]).get("q");
  return (leads && WEB.test(leads) ? leads : address).replaceAll(" ", "%20").replaceAll("(", "%28").replaceAll(")", "%29");
}

function lookOf(element, look) {
  const now = { ...look };
  Object.entries(LOOKS).forEach(([name, says]) => {
    const said = says(element);
    if (said !== undefined && said !== false) now[name] = true;
    if (said === false) delete now[name];
  });
  if (element.localName === "a") now.link = addressOf(element) || look.link;
  if (!now.link) delete now.link;
  return now;
}

/** The runs of words in `node`: [{text, look}]. */
function runs(node, look, found) {
  if (node.nodeType === Node.TEXT_NODE) found.push({ text: node.data.replace(/[\s\u00a0]+/g, " "), look });
  else if (node.localName === "br") found.push({ text: "\n", look: {} });
  else if (node.nodeType === Node.ELEMENT_NODE && !isUnseen(node) && !isWordMark(node)) {
    const inner = lookOf(node, look);
    node.childNodes.forEach((child) => runs(child, inner, found));
  }
  return found;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function joined(found) {
  const together = [];
  found.forEach(({ text, look }) => {
    const last = together.at(-1);
    const blank = !text.trim();
    if (last && (same(last.look, look) || (blank && text !== "\n"))) last.text += text;
    else together.push({ text, look: blank ? {} : look });
  });
  return together;
}

/** Marks hold only where they touch words: spaces go outside. */
function written({ text, look }) {
  const [, before, words, after] = text.match(/^(\s*)([\s\S]*?)(\s*)$/);
  if (!words) return text;
  let said = look.code ? `\`${words.replaceAll("`", "'")}\`` : escaped(words);
  if (look.struck) said = `~~${said}~~`;
  if (look.emphasis) said = `*${said}*`;
  if (look.strong) said = `**${said}**`;
  if (look.link) said = `[${said}](${look.link})`;
  return before + said + after;
}

/** The Markdown of what `nodes` say in one paragraph. `plain`: looks that go without saying there. */
export function inline(nodes, plain = []) {
  const found = [];
  nodes.forEach((node) => runs(node, {}, found));
  found.forEach((run) => plain.forEach((look) => delete run.look[look]));
  return joined(found).map(written).join("").replace(/ *\n */g, "\n").replace(/ {2,}/g, " ").trim().replace(/\n+/g, "  \n");
}
