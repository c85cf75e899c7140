// Numbering the rows of a form by their places: in names, ids and what refers to them, and in the values of buttons.
const NUMBERED = ["id", "for", "name", "aria-describedby"];
const PLACE = /^((?:up|down|remove|priorities)-)\d+/g;

/** Give every control in `rows` the number of its row, counted from 0. */
export function numberRows(rows) {
  rows.forEach((row, index) => {
    const numbered = (words) => words.split(" ").map((word) => word.replace(PLACE, `$1${index}`)).join(" ");
    row.querySelectorAll("*").forEach((element) => {
      NUMBERED.filter((name) => element.hasAttribute(name))
        .forEach((name) => element.setAttribute(name, numbered(element.getAttribute(name))));
      if (element.name === "row") element.value = numbered(element.value);
    });
  });
}
