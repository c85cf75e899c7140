// What few pages need of the client of passes, in a file of its own.

export { NotAPass, takeBack, takeIn, takenOut, takeOut } from "./carry.js";
export { followUp, withdraw } from "./message.js";
export { forget, OtherPasses, recoveryCode, restore } from "./recovery.js";
