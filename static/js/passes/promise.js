// The server's signed promise to show a question: a note that names its commitment and mark, and when at the latest.

import { trustedKey } from "../ledger/check.js";
import { openNote } from "../ledger/note.js";

const LABEL = "narrative promise v1";

// Resolves with { promise } when it says what it must and the ledger's key signed it, else with { promise, doubt }.
export async function checkedPromise(promise = "", { issuer, quarter, commitment, mark }) {
  const wanted = [LABEL, issuer, quarter, commitment, mark].join("\n");
  try {
    const { name, publicKey } = await trustedKey();
    const text = await openNote(promise, `${name}/promises`, publicKey);
    if (name === issuer && text.startsWith(`${wanted}\n`)) {
      return { promise };
    }
  } catch {
    // Said below: whatever it is, the promise is not to be relied on.
  }
  return { promise, doubt: DOUBT };
}

const DOUBT =
  "Your question was received, but its signed promise could not be checked, or is not as it should be. Keep the " +
  "receipt, and look on the board whether your question appears.";
