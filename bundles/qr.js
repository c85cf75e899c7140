// The squares of a QR code, from the package `qr`. Everything else that the package can do stays out.
import { encodeQR } from "qr";

const LONGEST = 700; // bytes: a pass and its address, and a code that a phone still reads from a screen
const QUIET = 4; // squares of light around the code (ISO/IEC 18004)

/** Rows of squares, true where dark, with the quiet zone. Throws a RangeError for more than 700 bytes of UTF-8. */
export function squares(text) {
  if (new TextEncoder().encode(text).length > LONGEST) throw new RangeError(`a code holds at most ${LONGEST} bytes`);
  return encodeQR(text, "raw", { ecc: "low", encoding: "byte", border: QUIET });
}
