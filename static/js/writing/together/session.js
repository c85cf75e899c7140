// Going on after a session, or its token, has ended: with the one that was begun in another tab, if it is the same person's.
import { renewTokens } from "../draft_form.js";
import { renewed } from "../send.js";

export class Session {
  /** `form` is sent where one asks who is signed in; `person` is the one who sits here. */
  constructor(form, person) {
    Object.assign(this, { form, person, renewals: 0 });
  }

  get token() {
    return this.form.elements.csrf_token.value;
  }

  /** A request was answered: the session holds. */
  held() {
    this.renewals = 0;
  }

  /** "renewed" where it is worth trying again, else "signed-out" or "somebody-else". */
  async renew() {
    const session = await renewed(this.form.action);
    if (!session) return "signed-out";
    if (String(session.person) !== this.person) return "somebody-else";
    renewTokens(session.csrf_token);
    this.renewals += 1;
    // A token that is refused again is not the reason: no storm of requests.
    return this.renewals > 1 ? "signed-out" : "renewed";
  }
}
