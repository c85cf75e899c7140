// The requests that say nothing about who sends them: no cookie, no referrer, nothing kept.

import { NotSent } from "./errors.js";

const ANONYMOUS = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };

// Resolves with the response, or null when none came.
export function fetchAnonymously(address, options) {
  return fetch(address, { ...ANONYMOUS, ...options }).catch(() => null);
}

// Send JSON text. Resolves with { status, message, …what was answered }; throws NotSent when it cannot be known
// whether the body arrived, or the server says that it could not store it: the same is to be sent again.
export async function send(address, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetchAnonymously(address, { method: "POST", headers, body });
  if (!response || response.status >= 500) {
    const said = response?.status === 503 ? await response.json().catch(() => null) : null;
    throw new NotSent({ message: said?.error });
  }
  const said = await response.json().catch(() => null);
  if (!said && response.status === 202) {
    throw new NotSent(); // cut on its way, and with it a promise
  }
  const { error, ...answer } = said ?? {};
  return { ...answer, status: response.status, message: error };
}
