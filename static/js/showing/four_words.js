// The four words of a quarter’s keys, from the names that this browser agreed on.
import { fourWords } from "../ledger/words.js";
import { isAsk, seenNames } from "../bundles/passes.js";

/** Show them, once this browser has seen keys: they are those of the first round. */
export async function showWords(host, owner, { passes, rounds }) {
  const names = await seenNames(owner);
  if (!names) return;
  const slots = passes.filter((pass) => !isAsk(pass)).length / rounds;
  host.querySelector('[data-part="four"]').textContent = await fourWords(names.trim().split("\n").slice(0, 1 + slots));
  host.querySelector('[data-part="words"]').hidden = false;
}
