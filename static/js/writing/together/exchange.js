// One exchange of the shared document with the server. Never throws: every way in which it can end has a name.
//
//   answered   `facts`: what the server said
//   signed-out the session has ended, or its token
//   refused    the same would be refused again; `reason` says why, `status` which way
//   delayed    worth another try; `reason` says why
import { reasonOf } from "../send.js";

const PATIENCE = 20_000;

/** Post `body` to `url` as JSON. */
export async function exchange(url, body, token) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return { end: "answered", facts: await response.json() };
  } catch {
    return { end: "delayed", reason: "the server cannot be reached." };
  }
  const { status } = response;
  if (response.type === "opaqueredirect" || status === 400 || status === 401) return { end: "signed-out" };
  const reason = await reasonOf(response);
  return { end: status === 429 || status >= 500 ? "delayed" : "refused", reason, status };
}
