// What whoever asked a question says later: up to five additions, and that it is withdrawn. Each is signed with the
// key of the question's receipt, and comes from nobody else’s.

import { normal } from "./ask.js";
import { fields, sha256, subtle, toBase64url, toHex } from "./bytes.js";
import { EarlierTextReceived, NotSent, Refused } from "./errors.js";
import { followUpSalt, openReceipt } from "./receipt.js";
import { send } from "./send.js";

const LABEL = "narrative message v2";
const FOLLOW_UP_LABEL = "narrative follow-up v1";
const WITHDRAWAL = 0;
const EARLIER_ARRIVED =
  "What you added before had arrived after all, and this text was not sent. Send it again if it is to be added too.";

// The additions whose answer was lost while this page is open, by receipt and number: they may have arrived.
const unsure = new Set();

// Add `text` to the question of a receipt (16 bytes), of whose additions `used` are shown. The first number that is
// free is found by trying: what waits to be shown, nobody but the server knows. The same text again is the same one;
// another one does not take the next number before whoever asked knows that the first had arrived.
export async function followUp({ used, ...addition }) {
  for (let number = used + 1; ; number++) {
    const key = `${toHex(addition.receipt)} ${number}`;
    try {
      const answer = await sendSigned({ ...addition, number });
      unsure.delete(key);
      return answer;
    } catch (error) {
      if (error instanceof NotSent) {
        unsure.add(key);
      }
      if (error.reason !== "other text") {
        throw error;
      }
      if (unsure.delete(key)) {
        throw new EarlierTextReceived({ message: EARLIER_ARRIVED });
      }
    }
  }
}

export function withdraw({ quarter, receipt }) {
  return sendSigned({ quarter, receipt, number: WITHDRAWAL, text: "" });
}

// Signed is not the text, but a hash of it that the salt opens: the signature stays in the ledger, for everybody to
// check, also when the text is erased.
async function sendSigned({ quarter, receipt, number, text }) {
  const { key, mark } = await openReceipt(receipt);
  const kept = normal(text);
  const salt = number === WITHDRAWAL ? null : await followUpSalt(receipt, number);
  const hash = salt ? toHex(await sha256(fields(FOLLOW_UP_LABEL, salt, mark, String(number), kept))) : "";
  const signed = fields(LABEL, quarter, mark, String(number), hash);
  const signature = toBase64url(new Uint8Array(await subtle().sign("Ed25519", key, signed)));
  const sent = { mark, number, text: kept, salt: salt && toBase64url(salt), signature };
  const answer = await send(`/questions/${quarter}/messages`, JSON.stringify(sent));
  if (answer.status !== 202) {
    throw new Refused(answer);
  }
  return answer;
}
