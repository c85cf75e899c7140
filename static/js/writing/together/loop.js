// When the document is exchanged with the server: after a pause, after typing, or now. One exchange is under way at a time.
import { pauseAfterTyping } from "./pauses.js";

export class Loop {
  constructor() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener("visibilitychange", () => this.soon(0), { signal });
    addEventListener("online", () => this.soon(0), { signal });
  }

  /** Exchange no more. */
  end() {
    this.ending.abort();
  }

  /** Exchange after `pause` milliseconds, unless it is done before. */
  soon(pause) {
    clearTimeout(this.timer);
    if (!this.ending.signal.aborted) this.timer = setTimeout(() => this.now(), pause);
  }

  /** Exchange now. Resolves when an answer, or none, has come. */
  now() {
    clearTimeout(this.timer);
    clearTimeout(this.typing);
    this.running ??= this.once().finally(() => { this.running = undefined; });
    return this.running;
  }

  /** Exchange once nothing was typed for a moment. */
  afterTyping() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.paused(), pauseAfterTyping());
  }

  paused() {
    if (this.running) this.running.then(() => this.unsent.length && !this.tries && this.soon(0));
    else this.now();
  }

  /** Send until nothing is unsent, or it cannot be sent. Whether everything is saved. */
  async everything() {
    await this.running;
    for (let times = 0; times < 4; times += 1) {
      await this.now();
      if (this.saved || this.tries || this.halted) break;
    }
    return this.saved;
  }
}
