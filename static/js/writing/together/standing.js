// How what was written stands, said in <save-state>: saved, kept on this device and on its way, or not sent, and why.
const KEPT = "Your words are kept on this device";
const NOT_KEPT = "This browser cannot keep your words: copy them before you close the page.";
const ALL_SAVED = "All that you wrote is saved; what others write does not come in meanwhile.";
const SIGNED_OUT = "you are signed out.";
const SOMEBODY_ELSE = "somebody else is signed in now.";
const ADVICE = {
  delayed: "and are sent as soon as it works again.",
  refused: "Copy your text if you need it elsewhere.",
  "signed-out": "and are sent when you have signed in again in another tab.",
  "somebody-else": "and are sent when you have signed in as yourself in another tab.",
};
const A_MINUTE = 60_000;

function since(at) {
  // A clock that was set back counts no minutes.
  const minutes = Math.max(0, Math.floor((Date.now() - at) / A_MINUTE));
  if (!minutes) return "Not sent";
  return `Not sent for ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

export class Standing {
  /** `kept()`: whether this device keeps what is typed; `since()`: when the first unsent word was typed. */
  constructor(state, { kept, since: unsentSince }) {
    Object.assign(this, { state, kept, unsentSince });
    // Only the minutes change: it was said aloud when it began.
    setInterval(() => this.trouble && this.show(), A_MINUTE / 4);
  }

  saved(at) {
    this.trouble = null;
    this.state.saved(at);
  }

  /** Something was typed: it is on its way, unless it is known that nothing goes. */
  changed() {
    if (this.trouble) this.show();
    else this.onItsWay();
  }

  onItsWay() {
    this.trouble = null;
    this.state.sending(this.kept());
  }

  /** `what`: delayed, refused, signed-out or somebody-else; `reason` is the server's sentence. */
  troubled(what, reason) {
    const reasons = { "signed-out": SIGNED_OUT, "somebody-else": SOMEBODY_ELSE };
    this.trouble = { what, reason: reasons[what] ?? reason };
    this.show();
  }

  show() {
    const { what, reason } = this.trouble;
    const unsent = this.unsentSince();
    if (!unsent) return this.state.notSent("No contact", `${reason} ${ALL_SAVED}`);
    const joined = what === "refused" ? `${KEPT}. ${ADVICE[what]}` : `${KEPT} ${ADVICE[what]}`;
    this.state.notSent(since(unsent), `${reason} ${this.kept() ? joined : NOT_KEPT}`);
  }
}
