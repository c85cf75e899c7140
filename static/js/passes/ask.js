// Asking with a pass: the request that says nothing about who is asking.

import { EarlierTextReceived, NoPassLeft, NotSent, Refused } from "./errors.js";
import { alone, changeHolding, holdingOf, receiptOf, unspentPasses } from "./holding.js";

// Send a question with the next pass: { text, bucket } and the owner. Resolves with the receipt.
//
// What is sent is kept before it leaves, and the pass counts as spent only once the server has said so. When an
// answer is lost, the same text goes out again as the same bytes; and when another text is to go out instead, the
// server's 409 tells that the first one had arrived.
export function ask({ text, bucket = null, ...owner }) {
  return alone(owner, async () => {
    for (;;) {
      const { seed } = (await holdingOf(owner)) ?? {};
      const [pass] = await unspentPasses(owner);
      if (!pass) {
        throw new NoPassLeft();
      }
      const { receipt, mark } = await receiptOf(seed, pass.index);
      const body = JSON.stringify({ token: pass.token, text, bucket, mark });
      const earlier = pass.sent.filter((other) => other !== body);
      await changePass(owner, pass, { sent: [...earlier, body] });

      const answer = await send(owner.quarter, body);
      if (answer.status === 202) {
        await changePass(owner, pass, { spent: true, sent: [] });
        return receipt;
      }
      if (answer.status !== 409 || answer.reason === "not open") {
        await changePass(owner, pass, { sent: pass.sent });
        throw new Refused(answer);
      }
      await changePass(owner, pass, { spent: true, sent: [] });
      if (earlier.length) {
        throw new EarlierTextReceived({ receipt });
      }
      // Spent by this person on another device: go on to the next pass.
    }
  });
}

// No cookie, no referrer, nothing kept. Throws NotSent when it cannot be known whether the body arrived.
async function send(quarter, body) {
  const response = await fetch(`/questions/${quarter}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    redirect: "error",
  }).catch(() => {
    throw new NotSent();
  });
  if (response.status >= 500) {
    throw new NotSent();
  }
  const { error, reason, field } = await response.json().catch(() => ({}));
  return { status: response.status, message: error, reason, field };
}

function changePass(owner, { purpose, slot, index }, difference) {
  const same = (pass) => pass.purpose === purpose && pass.slot === slot && pass.index === index;
  return changeHolding(owner, ({ passes, ...rest }) => ({
    ...rest,
    passes: passes.map((pass) => (same(pass) ? { ...pass, ...difference } : pass)),
  }));
}
