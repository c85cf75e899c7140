// Sends the forms of comments without leaving the page. What was typed stays where it is until it was taken.
import { renewTokens } from "../writing/draft_form.js";
import { renewed } from "../writing/send.js";

const UNREACHABLE = "Not sent: the server cannot be reached. Try again in a moment.";
const SIGNED_OUT = "You are signed out. Sign in again in another tab, then press the button once more.";

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
  });
}

async function answer(form) {
  const response = await post(form);
  if (response.status !== 400) return response;
  // The token may be older than the session.
  const session = await renewed(location.pathname);
  if (!session?.csrf_token) return response;
  renewTokens(session.csrf_token);
  return post(form);
}

/** Send `form`. Resolves to the id of the comment, or to null when it was refused: then the form says why. */
export async function sendForm(form) {
  complain(form, "");
  form.setAttribute("aria-busy", "true");
  try {
    const response = await answer(form);
    if (response.ok) return (await response.json()).comment;
    const ended = response.type === "opaqueredirect" || [400, 401].includes(response.status);
    complain(form, ended ? SIGNED_OUT : (await response.json()).error);
  } catch {
    complain(form, UNREACHABLE);
  } finally {
    form.removeAttribute("aria-busy");
  }
  return null;
}
