// Markdown seen while it is typed: headings look like headings, emphasis like emphasis, and the marks stand back.
import {
  Decoration, defineLanguageFacet, EditorView, Language, languageDataProp, parser, Strikethrough, syntaxHighlighting, Table,
  tagHighlighter, tags, ViewPlugin,
} from "../../bundles/editor.js";

const data = defineLanguageFacet({});
// Raw HTML stays text, for readers too.
const markdown = new Language(
  data,
  parser.configure([
    { remove: ["HTMLBlock", "HTMLTag"] }, Strikethrough, Table, { props: [languageDataProp.add({ Document: data })] },
  ]),
  [],
  "markdown",
);

const heading = (level) => ({ tag: tags[`heading${level}`], class: `md-heading md-heading-${level}` });
const looks = tagHighlighter([
  ...[1, 2, 3, 4, 5, 6].map(heading),
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.emphasis, class: "md-emphasis" },
  { tag: tags.strikethrough, class: "md-struck" },
  { tag: tags.monospace, class: "md-code" },
  { tag: tags.quote, class: "md-quote" },
  { tag: tags.link, class: "md-link" },
  { tag: [tags.processingInstruction, tags.url, tags.contentSeparator], class: "md-mark" },
]);

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const HANGING = /^(?:\s*)(?:[-*+]|\d{1,9}[.)]|>)\s/;
const direction = Decoration.line({ attributes: { dir: "auto" } });
const hanging = Decoration.line({ class: "md-item" });

function lines(view) {
  const found = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to;) {
      const line = view.state.doc.lineAt(at);
      if (HANGING.test(line.text)) found.push(hanging.range(line.from));
      if (RIGHT_TO_LEFT.test(line.text)) found.push(direction.range(line.from));
      at = line.to + 1;
    }
  }
  return Decoration.set(found, true);
}

const lineLooks = ViewPlugin.define((view) => ({
  decorations: lines(view),
  update(change) {
    if (change.docChanged || change.viewportChanged) this.decorations = lines(change.view);
  },
}), { decorations: (plugin) => plugin.decorations });

export const marks = [markdown, syntaxHighlighting(looks), lineLooks, EditorView.perLineTextDirection.of(true)];
