// Text that the form's own saving left on this device, before this page wrote together with others.
import { DeviceCopy } from "../device.js";
import { send } from "../send.js";

export class OlderText {
  /** `notice` offers it; `putBack` was pressed, and the server has merged it: `done()`. */
  constructor(notice, name, { url, token, done }) {
    Object.assign(this, { notice, url, token, done, device: new DeviceCopy(name, () => null) });
    notice.querySelector("[data-put-back]").addEventListener("click", () => this.putBack());
    notice.querySelector("[data-discard]").addEventListener("click", () => this.discard());
    this.offer();
  }

  async offer() {
    [this.offered] = await this.device.left().catch(() => []);
    this.notice.hidden = !this.offered;
  }

  /** Its own last save, perhaps answered unheard, is sent first; the server merges both into what is there now. */
  async putBack() {
    const { typed, base, sending } = this.offered.record;
    const stored = sending ? await this.sent(sending.typed, sending.base) : base;
    if (stored === null || (await this.sent(typed, stored)) === null) return;
    this.done();
    this.discard();
  }

  /** The revision that it became, or null. */
  async sent(typed, base) {
    const { end, facts } = await send(this.url, [...typed, ["base", base], ["csrf_token", this.token()]]);
    return end === "saved" ? facts.revision : null;
  }

  async discard() {
    await this.device.forget(this.offered.key);
    this.offer();
  }
}
