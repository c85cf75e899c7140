// Where there is a margin, each thread stands in the line of its words, or as near below as the one above it lets it.
const MARGIN = matchMedia("(width >= 80rem)");

/** Line up the open threads in `place` with the words in `view` at `starts`: indices by the threads' ids. */
export function line(place, view, starts, current) {
  const threads = Array.from(place.querySelectorAll("[data-open] > [data-thread]"));
  threads.forEach((thread) => thread.toggleAttribute("data-current", thread.dataset.thread === current));
  if (!MARGIN.matches) {
    threads.forEach((thread) => { thread.style.marginBlockStart = ""; });
    return;
  }
  view.requestMeasure({
    key: place,
    read: () => measured(threads, view, starts),
    // In one go, so that no thread is elsewhere for a moment, under somebody's pointer.
    write: (gaps) => gaps.forEach((gap, index) => { threads[index].style.marginBlockStart = gap ? `${gap}px` : ""; }),
  });
}

/** The gap to leave above each of `threads`, in pixels. */
function measured(threads, view, starts) {
  let [had, moved] = [0, 0];
  return threads.map((thread) => {
    had += parseFloat(thread.style.marginBlockStart) || 0;
    const start = starts.get(thread.dataset.thread);
    const at = start === undefined ? null : view.coordsAtPos(start);
    const top = thread.getBoundingClientRect().top - had + moved;
    const gap = at ? Math.max(0, at.top - top) : 0;
    moved += gap;
    return gap;
  });
}
