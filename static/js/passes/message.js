// What whoever asked a question says later: up to five additions, and that it is withdrawn. Each is signed with the
// key of the question's receipt, and comes from nobody else’s.

import { fields, subtle, toBase64url } from "./bytes.js";
import { Refused } from "./errors.js";
import { openReceipt } from "./receipt.js";
import { send } from "./send.js";

const LABEL = "narrative message v1";
const WITHDRAWAL = 0;

// Add `text` to the question of a receipt (16 bytes), of whose additions `used` are shown. The first number that is
// free is found by trying: what waits to be shown, nobody but the server knows. The same text again is the same one.
export async function followUp({ used, ...addition }) {
  for (let number = used + 1; ; number++) {
    try {
      return await sendSigned({ ...addition, number });
    } catch (error) {
      if (error.reason !== "other text") {
        throw error;
      }
    }
  }
}

export function withdraw({ quarter, receipt }) {
  return sendSigned({ quarter, receipt, number: WITHDRAWAL, text: "" });
}

async function sendSigned({ quarter, receipt, number, text }) {
  const { key, mark } = await openReceipt(receipt);
  const signed = fields(LABEL, quarter, mark, String(number), text);
  const signature = toBase64url(new Uint8Array(await subtle().sign("Ed25519", key, signed)));
  const answer = await send(`/questions/${quarter}/messages`, JSON.stringify({ mark, number, text, signature }));
  if (answer.status !== 202) {
    throw new Refused(answer);
  }
  return answer;
}
