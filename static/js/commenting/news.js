// Asks every few seconds whether anybody said something. The server answers in a line while nobody did.
const PAUSE = 5_000;
const TROUBLED = 30_000;
const PATIENCE = 15_000;

export class News {
  /** `told(facts)` hears what the server says whenever it says something new, and is waited for. */
  constructor(url, told) {
    Object.assign(this, { url, told, tag: "" });
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  async ask() {
    const headers = { Accept: "application/json", ...(this.tag && { "If-None-Match": this.tag }) };
    // The browser's own store would answer 304 with what it kept: we ask and remember ourselves.
    const response = await fetch(this.url, {
      headers, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status === 304) return;
    if (!response.ok) throw new Error(`answered with ${response.status}`);
    const facts = await response.json();
    this.tag = response.headers.get("ETag") ?? "";
    await this.told(facts);
  }

  /** Ask now, and then again after a pause. Resolves once the page shows the answer. */
  async now() {
    clearTimeout(this.waiting);
    let pause = PAUSE;
    try {
      await this.ask();
    } catch {
      pause = TROUBLED;
    }
    clearTimeout(this.waiting);
    if (!document.hidden) this.waiting = setTimeout(() => this.now(), pause * (0.8 + 0.4 * Math.random()));
  }
}
