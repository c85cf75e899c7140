// Voting: one pass for each question, which is the same however often a vote is given and taken back.

import { NoPassLeft, Refused } from "./errors.js";
import { alone, changeHolding, holdingOf } from "./holding.js";
import { send } from "./send.js";

// Whether this browser holds the pass for a question's slot, and whether it voted with it.
export async function voteOf({ slot, ...owner }) {
  const { passes = [], votes = {} } = (await holdingOf(owner)) ?? {};
  const pass = passes.find((one) => one.purpose === "vote" && one.slot === slot);
  return { token: pass?.token, wanted: Boolean(votes[slot]) };
}

// Give (wanted: true) or take back (false) one's vote for the question with that slot. May be repeated.
export function vote({ slot, wanted, ...owner }) {
  return alone(owner, async () => {
    const { token } = await voteOf({ slot, ...owner });
    if (!token) {
      throw new NoPassLeft();
    }
    const answer = await send(`/votes/${owner.quarter}/${slot}`, JSON.stringify({ token, vote: wanted }));
    if (answer.status !== 202) {
      throw new Refused(answer);
    }
    await changeHolding(owner, (kept) => ({ ...kept, votes: { ...kept.votes, [slot]: wanted } }));
    return answer;
  });
}
