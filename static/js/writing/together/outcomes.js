// What became of last quarter's promises: each item's choice and sentence, bound to the shared document.
import { SharedMap } from "../../bundles/editor.js";
import { bindChoice, bindField } from "./fields.js";
import { outcomesOf } from "./document.js";
import { takeWords } from "./early.js";

function bindOutcome(item, shared) {
  const states = Array.from(item.querySelectorAll('input[type="radio"][name$="-state"]'));
  const sentence = item.querySelector('[name$="-sentence"]');
  if (states.length) {
    const early = states.find((state) => state.checked && !state.defaultChecked);
    if (early) shared.set("state", early.value);
    bindChoice(item, shared, "state", {
      read: () => states.find((state) => state.checked)?.value ?? "",
      show: (chosen) => states.forEach((state) => { state.checked = state.value === chosen; }),
    });
  }
  if (!sentence || !shared.get("sentence")) return;
  takeWords(sentence, shared.get("sentence"));
  bindField(sentence, shared.get("sentence"));
}

/** Bind every `[data-outcome]` within `root`, now or once the server has put it into the document. */
export function bindOutcomes(root, shared) {
  const waiting = new Set(root.querySelectorAll("[data-outcome]"));
  const map = outcomesOf(shared);
  const bind = () => waiting.forEach((item) => {
    const outcome = map.get(item.dataset.outcome);
    if (!(outcome instanceof SharedMap)) return;
    waiting.delete(item);
    bindOutcome(item, outcome);
  });
  map.observe(bind);
  bind();
}
