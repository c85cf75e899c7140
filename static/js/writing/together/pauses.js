// How long to wait before the next exchange with the server.
const AFTER_TYPING = 450;
const IN_COMPANY = 1_200;
const ALONE = 5_000;
const HIDDEN = 30_000;
const HALTED = 60_000;
const TRIES = [2, 4, 8, 15, 30, 60];

// So that pages which lost the server together do not come back together.
const about = (pause) => pause * (0.8 + 0.4 * Math.random());

/** The pause between two exchanges: `tries` failed in a row, `halted`: refused or signed out, `company`: somebody else is here. */
export function pauseAfter({ tries, halted, company }) {
  if (halted) return about(HALTED);
  if (tries) return about(1000 * TRIES[Math.min(tries, TRIES.length) - 1]);
  if (document.hidden) return about(HIDDEN);
  return about(company ? IN_COMPANY : ALONE);
}

/** The pause after a keystroke, before what was typed is sent. */
export const pauseAfterTyping = () => AFTER_TYPING;
