// Asking with a pass.

import { toBase64url } from "./bytes.js";
import { formatReceipt } from "./code.js";
import { EarlierTextReceived, NoPassLeft, Refused } from "./errors.js";
import { alone, changePass, holdingOf, unspentPasses } from "./holding.js";
import { checkedPromise } from "./promise.js";
import { commitment, openReceipt, receiptBytes } from "./receipt.js";
import { send } from "./send.js";

const LONGEST = 2000;

// Send a question with the next pass: { text, bucket } and the owner. Resolves with { receipt, commitment, promise,
// doubt }; `doubt` says what is wrong with the promise, if anything is.
//
// What is sent is kept before it leaves, and the pass counts as spent only once the server has said so. When an
// answer is lost, the same text goes out again as the same bytes; and when another text is to go out instead and the
// pass turns out to be spent, the first one goes out once more: had it arrived, its promise is still to be had.
export function ask({ text, bucket = null, ...owner }) {
  return alone(owner, async () => {
    for (;;) {
      const [pass] = await unspentPasses(owner);
      if (!pass) {
        throw new NoPassLeft();
      }
      const question = await sealed({ quarter: owner.quarter, bucket, text: normal(text) }, owner, pass);
      const earlier = pass.sent.filter((other) => other !== question.body);
      await changePass(owner, pass, { sent: [...earlier, question.body] });

      const answer = await send(`/questions/${owner.quarter}`, question.body);
      if (answer.status === 202) {
        await changePass(owner, pass, { spent: true, sent: [], promise: answer.promise });
        const { receipt, expected } = question;
        return { receipt, ...expected, ...(await checkedPromise(answer.promise, { ...owner, ...expected })) };
      }
      if (answer.status !== 409 || answer.reason === "not open") {
        await changePass(owner, pass, { sent: pass.sent });
        throw new Refused(answer);
      }
      if (await arrived(earlier, owner, pass)) {
        throw new EarlierTextReceived({ receipt: question.receipt });
      }
      // Spent by this person on another device, or by whoever it was given to: go on to the next pass.
      await changePass(owner, pass, { spent: true, sent: [], elsewhere: true });
    }
  });
}

// Whether one of the bodies that were sent with a spent pass is the one that spent it.
async function arrived(bodies, owner, pass) {
  for (const body of bodies) {
    const answer = await send(`/questions/${owner.quarter}`, body);
    if (answer.status === 202) {
      await changePass(owner, pass, { spent: true, sent: [], promise: answer.promise });
      return true;
    }
    if (answer.status !== 409 || answer.reason === "not open") {
      throw new Refused(answer);
    }
  }
  return false;
}

// The body to send, and what the promise for it has to say.
async function sealed({ quarter, bucket, text }, owner, { index, token }) {
  const { seed } = await holdingOf(owner);
  const bytes = await receiptBytes(seed, index);
  const { mark, salt } = await openReceipt(bytes);
  return {
    receipt: formatReceipt(bytes),
    body: JSON.stringify({ token, text, bucket, mark, salt: toBase64url(salt) }),
    expected: { mark, commitment: await commitment({ salt, quarter, bucket, text }) },
  };
}

// As the server keeps it: trimmed of all that Python too calls space, with one kind of line break. The commitment
// is to exactly this text.
export function normal(text) {
  return text.replace(/\r\n?/g, "\n").replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, "");
}

// What is wrong with a question's text, or undefined. Its length is counted in code points, as the server does.
export function questionProblem(text) {
  const length = Array.from(normal(text)).length;
  if (length === 0) {
    return "Write your question";
  }
  return length > LONGEST ? `Shorten your question to 2,000 characters; it has ${length.toLocaleString("en")}` : undefined;
}
