// CodeMirror's styles, where no policy forbids them: as constructed sheets, which are no inline styles, instead of a
// <style> element. They stand in a layer of their own, below the house's, so that our sheets have the last word.
import { StyleModule as Original } from "../node_modules/style-mod/src/style-mod.js";

const sheets = new WeakMap();

function sheetOf(module) {
  if (!sheets.has(module)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@layer editor {\n${module.getRules()}\n}`);
    sheets.set(module, sheet);
  }
  return sheets.get(module);
}

export class StyleModule extends Original {
  /** Make the rules of `modules` hold in `root`, the later ones over the earlier. */
  static mount(root, modules) {
    const wanted = [modules].flat().map(sheetOf);
    const others = root.adoptedStyleSheets.filter((sheet) => !wanted.includes(sheet));
    root.adoptedStyleSheets = [...others, ...wanted];
  }
}
