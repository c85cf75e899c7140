// The four words of a quarter’s keys, from the names that this browser agreed on.
import { fourWords } from "../ledger/words.js";
import { seenNames } from "../passes/keys.js";

/** Show them, once this browser has seen keys. */
export async function showWords(host, owner) {
  const names = await seenNames(owner);
  if (!names) return;
  host.querySelector('[data-part="four"]').textContent = await fourWords(names);
  host.querySelector('[data-part="words"]').hidden = false;
}
