// One save, sent and understood. Never throws: every way in which it can end has a name.
//
//   saved      `facts`: what the server said
//   signed-out the session has ended
//   refused    sending the same again would be refused again; `reason` says why
//   delayed    worth another try; `reason` says why

const HEADERS = { Accept: "application/json" };
const PATIENCE = 30_000;

/** The sentence with which the server refused. */
export async function reasonOf(response) {
  try {
    return (await response.json()).error;
  } catch {
    return `the server answered with error ${response.status}.`;
  }
}

/** Post `entries` (pairs of name and value) to `url`. */
export async function send(url, entries) {
  const body = new FormData();
  entries.forEach(([name, value]) => body.append(name, value));
  let response;
  try {
    response = await fetch(url, {
      method: "POST", headers: HEADERS, body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return { end: "saved", facts: await response.json() };
  } catch {
    return { end: "delayed", reason: "the server cannot be reached." };
  }
  if (response.type === "opaqueredirect" || response.status === 400) return { end: "signed-out" };
  if (response.status === 429 || response.status >= 500) return { end: "delayed", reason: await reasonOf(response) };
  return { end: "refused", reason: await reasonOf(response) };
}

/** Ask for a form token of the present session: {csrf_token, person}, or null where nobody is signed in. */
export async function renewed(url) {
  try {
    const response = await fetch(url, { headers: HEADERS, redirect: "manual", cache: "no-store" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
