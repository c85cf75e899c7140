// Errors found in the browser, shown as the server shows its own: a summary on top with the focus on it, each line a
// link to its field, the same words beside the field, "Error: " first in the title.

const PREFIX = "Error: ";

/** Show `errors`, a list of { message, field } with the id of a control, inside `host`; null belongs to no field. */
export function showErrors(host, errors) {
  clearErrors(host);
  const template = host.querySelector("template[data-part=errors]");
  const summary = template.content.firstElementChild.cloneNode(true);
  summary.querySelector("ul").append(...errors.map(line));
  template.after(summary);
  errors.filter(({ field }) => field).forEach(markField);
  document.title = PREFIX + document.title;
  summary.focus();
}

export function clearErrors(host) {
  host.querySelectorAll(".error-summary, .field-error").forEach((shown) => shown.remove());
  for (const control of host.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    const described = control.getAttribute("aria-describedby")?.split(" ") ?? [];
    control.setAttribute("aria-describedby", described.filter((id) => id !== errorId(control)).join(" "));
  }
  document.title = document.title.replace(PREFIX, "");
}

const errorId = (control) => `${control.id}-error`;

function line({ message, field }) {
  const item = document.createElement("li");
  const words = item.appendChild(document.createElement(field ? "a" : "span"));
  words.textContent = message;
  if (field) words.href = `#${field}`;
  return item;
}

function markField({ message, field }) {
  const control = document.getElementById(field);
  const said = document.createElement("p");
  const spoken = said.appendChild(document.createElement("span"));
  [said.className, said.id, spoken.className] = ["field-error", errorId(control), "visually-hidden"];
  spoken.textContent = PREFIX;
  said.append(message);
  control.before(said);
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
}
