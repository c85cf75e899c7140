// Recovery: the seed as a code, with which another browser of the same person gets the same passes and receipts.

import { formatReceipt, parseReceipt } from "./code.js";
import { AlreadyIssued, InvalidSignature, MalformedReceipt, PassError } from "./errors.js";
import { holdPasses } from "./hold.js";
import { alone, changeHolding, holdingOf } from "./holding.js";

export class OtherPasses extends PassError {
  static sentence =
    "This code belongs to other passes: of another quarter, or of another person. This browser keeps what it had.";
}

// The code of what this browser holds, or null when it holds nothing of its own.
export async function recoveryCode(owner) {
  const { seed, elsewhere } = (await holdingOf(owner)) ?? {};
  return seed && !elsewhere ? formatReceipt(seed) : null;
}

// Take over the passes that a code stands for. `offer` is that of holdPasses; without `rounds`, when the quarter
// gives no passes any more, only the receipts come back. Throws MalformedReceipt, OtherPasses and what holdPasses does.
export async function restore(code, { rounds, ...offer }) {
  const seed = readCode(code);
  const before = await alone(offer, async () => {
    const kept = await holdingOf(offer);
    if (!kept?.spoiled && !kept?.passes) {
      await changeHolding(offer, () => ({ seed }));
    }
    return kept;
  });
  if (before?.spoiled) {
    throw new InvalidSignature();
  }
  if (before?.passes) {
    if (formatReceipt(before.seed) !== formatReceipt(seed)) {
      throw new OtherPasses();
    }
    return;
  }
  if (rounds) {
    await holdPasses({ ...offer, rounds }).catch(async (error) => {
      await changeHolding(offer, (now) => (now?.spoiled || now?.passes ? now : before));
      throw error instanceof AlreadyIssued ? new OtherPasses() : error;
    });
  }
}

// Everything of these passes leaves this browser; only their recovery code brings it back.
export function forget(owner) {
  return changeHolding(owner, () => undefined);
}

function readCode(code) {
  try {
    return parseReceipt(code);
  } catch {
    throw new MalformedReceipt({
      message: "This is not a recovery code. A recovery code has 27 characters; check each of them.",
    });
  }
}
