// Where there is a margin, each thread stands in the line of its words, or as near below as the one above it lets it.
const MARGIN = matchMedia("(width >= 80rem)");

/** Line up the open threads in `place` with the words in `view` at `starts`: indices by the threads' ids. */
export function line(place, view, starts, current) {
  const threads = Array.from(place.querySelectorAll("[data-open] > [data-thread]"));
  threads.forEach((thread) => thread.toggleAttribute("data-current", thread.dataset.thread === current));
  threads.forEach((thread) => { thread.style.marginBlockStart = ""; });
  if (!MARGIN.matches) return;
  view.requestMeasure({
    key: place,
    read: () => threads.map((thread) => {
      const start = starts.get(thread.dataset.thread);
      const at = start === undefined ? null : view.coordsAtPos(start);
      return { thread, wanted: at && at.top, top: thread.getBoundingClientRect().top };
    }),
    write: (measured) => {
      let moved = 0;
      measured.forEach(({ thread, wanted, top }) => {
        const gap = wanted === null ? 0 : Math.max(0, wanted - top - moved);
        if (gap) thread.style.marginBlockStart = `${gap}px`;
        moved += gap;
      });
    },
  });
}
