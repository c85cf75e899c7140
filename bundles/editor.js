// Writing together: what the drafting room uses of CodeMirror 6, of Yjs and of the parser of Markdown.
// Everything else that these packages can do stays out.
export { defaultKeymap } from "@codemirror/commands";
export { defineLanguageFacet, Language, languageDataProp, syntaxHighlighting, syntaxTree } from "@codemirror/language";
export { Annotation, EditorSelection, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, keymap, ViewPlugin, WidgetType } from "@codemirror/view";
export { tagHighlighter, tags } from "@lezer/highlight";
export { parser, Strikethrough, Table } from "@lezer/markdown";
export {
  applyUpdate, createAbsolutePositionFromRelativePosition, createRelativePositionFromJSON, createRelativePositionFromTypeIndex,
  decodeStateVector, Doc as SharedDocument, encodeStateAsUpdate, encodeStateVector, Map as SharedMap, mergeUpdates,
  Text as SharedText, UndoManager,
} from "yjs";
