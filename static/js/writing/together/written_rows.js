// A priority that somebody removed while somebody else wrote in it comes back: nothing that was typed is lost.
import { DEVICE, prioritiesOf, rowsOf } from "./document.js";

const said = (row) => ["title", "measure"].map((part) => String(row?.get(part) ?? "")).join("\n");

/** Note which rows of `shared` hold words that `theirs`, the server's document, lacks; `restore()` brings those back. */
export function keepWrittenRows(shared, theirs) {
  const known = prioritiesOf(theirs);
  const written = rowsOf(shared).filter(([key, row]) => said(row) !== said(known.get(key))).map(([, row]) => row);
  return {
    restore() {
      const removed = written.filter((row) => row.get("gone"));
      if (removed.length) shared.transact(() => removed.forEach((row) => row.set("gone", false)), DEVICE);
    },
  };
}
