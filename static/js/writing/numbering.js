// Names and ids within a row say at which place it stands.
const NUMBERED = ["id", "for", "name", "aria-describedby"];
const PLACE = /^((?:up|down|remove|priorities)-)\d+/g;

/** Let everything within `row` say that it stands at place `index`. */
export function number(row, index) {
  const numbered = (words) => words.split(" ").map((word) => word.replace(PLACE, `$1${index}`)).join(" ");
  row.querySelectorAll("*").forEach((element) => {
    NUMBERED.filter((name) => element.hasAttribute(name))
      .forEach((name) => element.setAttribute(name, numbered(element.getAttribute(name))));
    if (element.name === "row") element.value = numbered(element.value);
  });
}

/** Say beside each button of `row` what it moves or removes: `named`. */
export function nameButtons(row, named) {
  row.querySelectorAll("[data-row-verb]").forEach((button) => {
    button.querySelector(".visually-hidden").textContent = `${button.title}: ${named}`;
  });
}
