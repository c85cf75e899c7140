// The client of passes: what pages import. Everywhere, `owner` is { issuer, person, quarter }: whose passes, as
// far as this browser knows. The person is never sent.

export { ask } from "./ask.js";
export { holdPasses } from "./hold.js";
export { unspentPasses, receipts } from "./holding.js";
export { fetchKeys } from "./keys.js";
export { formatReceipt, mark, parseReceipt } from "./receipt.js";
export * from "./errors.js";
