// The client of passes: what pages import, built into one file by `make bundles`. Everywhere, `owner` is
// { issuer, person, quarter }: whose passes, as far as this browser knows. The person is never sent.

export { ask, questionProblem } from "./ask.js";
export { formatReceipt, parseReceipt } from "./code.js";
export * from "./errors.js";
export { holdPasses } from "./hold.js";
export { holdingOf, isAsk, receipts, unspentPasses } from "./holding.js";
export { seenNames } from "./keys.js";
export { openReceipt } from "./receipt.js";
export { vote, voteOf } from "./vote.js";
