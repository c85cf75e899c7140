// What an element says of its own look (in `data-style`, see harmless.js), where a word processor says it in styles rather than in tags.
const declared = (element, name) => (
  (element.dataset?.style ?? "").match(new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i"))?.[1].trim().toLowerCase()
);

const tag = (element) => element.localName;

/** Whether `element` turns bold on (true), off (false), or says nothing (undefined). */
export function bold(element) {
  const weight = declared(element, "font-weight");
  if (weight) return weight.startsWith("bold") || Number(weight) >= 600;
  return tag(element) === "b" || tag(element) === "strong" || undefined;
}

export function italic(element) {
  const style = declared(element, "font-style");
  if (style) return style === "italic" || style === "oblique";
  return tag(element) === "i" || tag(element) === "em" || undefined;
}

export function struck(element) {
  const line = declared(element, "text-decoration") ?? declared(element, "text-decoration-line");
  return ["s", "del", "strike"].includes(tag(element)) || line?.includes("line-through") || undefined;
}

export const code = (element) => ["code", "tt", "kbd", "samp"].includes(tag(element)) || undefined;

/** Word's own: {list, level} of a paragraph that is an item of a list. */
export function wordItem(element) {
  const [, list, level] = declared(element, "mso-list")?.match(/^(l\d+)\s+level(\d)/) ?? [];
  return list && { list, level: Number(level) };
}

/** What Word puts before such an item, for programs that know no lists. */
export const isWordMark = (element) => declared(element, "mso-list") === "ignore";

export const isUnseen = (element) => declared(element, "display") === "none" || declared(element, "mso-hide") === "all";
