// What the form says of last quarter's promises, shown anew: one <li data-outcome="priority-17"> for each.
import { replaceText } from "./replace_text.js";

const NOTHING = { state: "", sentence: "" };

/** Show these outcomes, [{key, state, sentence}]; of a promise that is not among them nothing is said. */
export function showOutcomes(form, outcomes) {
  const said = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  form.querySelectorAll("[data-outcome]").forEach((row) => {
    const { state, sentence } = said.get(row.dataset.outcome) ?? NOTHING;
    row.querySelectorAll('input[type="radio"]').forEach((radio) => { radio.checked = radio.value === (state ?? ""); });
    replaceText(row.querySelector("textarea"), sentence ?? "");
  });
}
