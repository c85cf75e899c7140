// Sends the forms of comments without leaving the page. What was typed stays where it is until it was taken.
import { renewTokens } from "../writing/draft_form.js";
import { reasonOf, renewed } from "../writing/send.js";

const PATIENCE = 30_000;
const UNREACHABLE = "Not sent: the server cannot be reached. Try again in a moment.";
const SIGNED_OUT = "You are signed out. Sign in again in another tab, then press the button once more.";
const SOMEBODY_ELSE = "Somebody else is signed in now. Sign in as yourself in another tab, then press the button once more.";

function complain(form, sentence) {
  form.querySelector("[data-refusal]")?.remove();
  if (!sentence) return;
  const line = document.createElement("p");
  line.className = "field-error";
  line.dataset.refusal = "";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  form.append(line);
}

async function post(form) {
  return fetch(form.action, {
    method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/** Send `form` as `person`; `url` tells of the present session. Resolves to the answer, or to why there is none. */
async function answer(form, { url, person }) {
  const response = await post(form);
  if (response.status !== 400) return { response };
  // The token may be older than the session, which may be somebody else's by now.
  const session = await renewed(url);
  if (!session) return { reason: SIGNED_OUT };
  if (String(session.person) !== person) return { reason: SOMEBODY_ELSE };
  renewTokens(session.csrf_token);
  return { response: await post(form) };
}

/** Send `form`, as `answer` does. Resolves to the id of the comment, or to null when it was refused: then the form says why. */
export async function sendForm(form, session) {
  complain(form, "");
  try {
    const { response, reason } = await answer(form, session);
    if (response?.ok) return (await response.json()).comment;
    const ended = response?.type === "opaqueredirect" || [400, 401].includes(response?.status);
    complain(form, reason ?? (ended ? SIGNED_OUT : await reasonOf(response)));
  } catch {
    complain(form, UNREACHABLE);
  }
  return null;
}
