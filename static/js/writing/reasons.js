// Why a draft is not saved, and what its writer should know.
const SIGNED_OUT = "you are signed out.";
const SOMEBODY_ELSE = "somebody else is signed in now. Sign in as yourself in another tab, then press Save.";
const KEPT = "Your text is kept on this device.";
const NOT_KEPT = "This browser cannot keep it: copy it before you close the page.";

/** The sentence for the end `end` of a save (see saver.js); `reason` is the server's, `kept`: on this device. */
export function reasonFor(end, reason, kept) {
  const kind = kept ? KEPT : NOT_KEPT;
  if (end === "signed-out") return `${SIGNED_OUT} ${kind} Sign in in another tab, then press Save.`;
  if (end === "somebody-else") return `${SOMEBODY_ELSE} ${kind}`;
  if (end === "delayed") return `${reason} ${kind} Saving is tried again.`;
  return `${reason} ${kind}`;
}
