// Rows that are dragged to another place by the handle that this puts into them. Buttons do the same for those who do not drag.

function handleFor(row) {
  const handle = document.createElement("span");
  handle.className = "row-handle";
  handle.title = "Drag to another place";
  handle.setAttribute("aria-hidden", "true");
  row.querySelector(".row-moves")?.prepend(handle);
}

function rowUnder(list, y) {
  return Array.from(list.children).find((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return y >= top && y < bottom;
  });
}

class Drag {
  constructor(list, dropped) {
    Object.assign(this, { list, dropped });
    ["pointerdown", "pointermove", "pointerup", "pointercancel"].forEach((type) => list.addEventListener(type, this));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.end(this.next));
  }

  handleEvent(event) {
    this[event.type](event);
  }

  pointerdown(event) {
    const handle = event.target.closest(".row-handle");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    this.row = handle.closest("[data-row]");
    this.next = this.row.nextElementSibling;
    this.row.dataset.dragged = "";
    this.list.setPointerCapture(event.pointerId);
  }

  pointermove({ clientY }) {
    if (!this.row) return;
    const over = rowUnder(this.list, clientY);
    if (!over || over === this.row) return;
    const { top, height } = over.getBoundingClientRect();
    const down = this.row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    // Only past the middle, so that rows of unequal height do not change places back and forth.
    if (down && clientY > top + height / 2) over.after(this.row);
    if (!down && clientY < top + height / 2) over.before(this.row);
  }

  pointerup() {
    const { row, next } = this;
    if (!row) return;
    this.end();
    if (row.nextElementSibling !== next) this.dropped(row);
  }

  pointercancel() {
    this.end(this.next);
  }

  /** Let go; where `back` is given, put the row before it again (null: at the end). */
  end(back) {
    if (!this.row) return;
    if (back !== undefined) this.list.insertBefore(this.row, back);
    delete this.row.dataset.dragged;
    this.row = undefined;
  }
}

/** Make the rows of `list` draggable, and those that come later; `dropped(row)` is told of each that changed its place. */
export function draggable(list, dropped) {
  Array.from(list.children).forEach(handleFor);
  return new Drag(list, dropped);
}
