// What can go wrong with passes. `message` is a sentence for the person in front of the browser.

export class PassError extends Error {
  constructor({ message, ...details } = {}) {
    super(message ?? new.target.sentence);
    this.name = new.target.name;
    Object.assign(this, details);
  }
}

export class NoCryptography extends PassError {
  static sentence =
    "This page came over plain http, where browsers offer no cryptography, and asking anonymously needs it. " +
    "Open the address that begins with https.";
}

export class NoSignatures extends PassError {
  static sentence =
    "This browser cannot make the signatures (Ed25519) by which a question stays yours. Nothing was sent. Use a " +
    "current version of Firefox, Safari, Chrome or Edge.";
}

export class KeyMismatch extends PassError {
  static sentence =
    "The keys of this quarter’s passes are not the same for everybody, which could give you away. Nothing " +
    "was sent. Do not ask here before your organiser has explained it.";
}

export class InvalidSignature extends PassError {
  static sentence =
    "The server’s signature on your passes is not valid. This browser threw them away and will not try again " +
    "this quarter. Tell your organiser.";
}

export class AlreadyIssued extends PassError {
  static sentence =
    "Your passes for this quarter are in another browser. Ask from there, or bring them here by their recovery code.";
}

export class NotIssued extends PassError {
  static sentence = "Your passes could not be fetched just now. Load this page again later; nothing is lost.";
}

export class NoPassLeft extends PassError {
  static sentence = "This browser has no pass left for this quarter.";
}

export class NotSent extends PassError {
  static sentence =
    "No answer came, so it may or may not have arrived. Send it again: the same is never counted twice.";
}

// The pass is still good. `message` and `status` are the server’s.
export class Refused extends PassError {
  static sentence = "It was refused and not stored. Your pass is still good.";
}

// `receipt` is that of the text which did arrive.
export class EarlierTextReceived extends PassError {
  static sentence =
    "The text that you sent before had arrived after all, and this one was not sent. Send it again if it is " +
    "to be a question of its own.";
}

export class MalformedReceipt extends PassError {
  static sentence = "This is not a receipt. A receipt has 27 characters; check each of them.";
}
