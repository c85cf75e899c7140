// What is pasted, as Markdown. Everything is bounded before it is looked at; nothing of it is ever put into a page.
import { markdownOf } from "./blocks.js";
import { harmless } from "./harmless.js";

const LONGEST_TEXT = 60_000; // characters, as the server takes of a text (rules/drafts.py)
const DROPPED = "head, script, style, link, meta, title, img, picture, svg, math, object, embed, iframe, template, noscript, "
  + "video, audio, canvas, input, select, textarea, button, o\\:p:empty, .Apple-interchange-newline, .EOP";
const FORMATTED = /<(?:h[1-6]|[uo]l|li|table|strong|b|em|i|a|s|del|blockquote)[\s>]|mso-list|font-(?:weight|style)\s*:\s*(?:bold|[6-9]00|italic)|role="heading"/i;

const UNFORMATTED = "The words were pasted without their formatting: there was too much of it to read.";

const number = new Intl.NumberFormat("en-GB");
const plainly = (text) => text.replace(/\r\n?/g, "\n").replace(/\u00a0/g, " ");

function unwrapped(body) {
  body.querySelectorAll(DROPPED).forEach((element) => element.remove());
  // Google wraps everything in a <b> that is not bold.
  body.querySelectorAll('[id^="docs-internal-guid"]').forEach((element) => element.replaceWith(...element.childNodes));
  return body;
}

/** {markdown, note}: what to put in, and a sentence where something was left out; markdown "" where nothing can be. */
export function pasted(html, text) {
  const body = FORMATTED.test(html) ? harmless(html) : undefined;
  const markdown = (body && markdownOf(unwrapped(body).childNodes)) || plainly(text);
  if (markdown.length > LONGEST_TEXT) {
    const [length, most] = [markdown.length, LONGEST_TEXT].map(number.format);
    return { markdown: "", note: `Nothing was pasted: it has ${length} characters, and a text may have ${most}. Paste a part of it.` };
  }
  return { markdown, note: body === null ? UNFORMATTED : "" };
}
