// <local-time><time datetime="…">company time</time></local-time>: adds "for you" where the reader's clock shows another time.
// Nothing is sent anywhere: the reader's zone stays in the page.
const language = document.documentElement.lang || "en";
const companyZone = document.documentElement.dataset.zone;

function parts(instant, timeZone) {
  const format = { weekday: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  const found = new Intl.DateTimeFormat(language, format).formatToParts(instant);
  const part = (type) => found.find((one) => one.type === type).value;
  return { day: part("day"), weekday: part("weekday"), clock: `${part("hour")}:${part("minute")}` };
}

customElements.define("local-time", class extends HTMLElement {
  connectedCallback() {
    const written = this.querySelector("time")?.dateTime;
    if (!companyZone || !written || this.querySelector(".for-you")) return;
    const instant = new Date(written);
    const [there, here] = [parts(instant, companyZone), parts(instant)];
    if (there.clock === here.clock && there.day === here.day) return;
    const note = document.createElement("span");
    note.className = "for-you";
    note.textContent = ` (${there.day === here.day ? "" : `${here.weekday} `}${here.clock} for you)`;
    this.append(note);
  }
});
