// What can go wrong with passes. Each message is a sentence for the person in front of the browser.

export class PassError extends Error {
    constructor(message, details = {}) {
        super(message);
        this.name = new.target.name;
        Object.assign(this, details);
    }
}

export class NoCryptography extends PassError {
    constructor() {
        super(
            "This page was opened over plain http, where browsers offer no cryptography, and asking anonymously " +
                "needs it. Open the address that begins with https.",
        );
    }
}

export class KeyMismatch extends PassError {
    constructor() {
        super(
            "The keys of this quarter’s passes are not the same for everybody, which could give you away. Nothing " +
                "was sent. Do not ask anonymously here before your organiser has explained it.",
        );
    }
}

export class InvalidSignature extends PassError {
    constructor() {
        super(
            "The server’s signature on your passes is not valid, so this browser threw them away and will not try " +
                "again this quarter. Tell your organiser.",
        );
    }
}

export class AlreadyIssued extends PassError {
    constructor() {
        super("Your passes for this quarter are in another browser. Ask from there.");
    }
}

export class NotIssued extends PassError {
    constructor() {
        super("Your passes could not be fetched just now. Load this page again later; nothing is lost.");
    }
}

export class NoPassLeft extends PassError {
    constructor() {
        super("This browser has no pass left for this quarter.");
    }
}

export class NotSent extends PassError {
    constructor() {
        super(
            "No answer came, so it is not certain that your question arrived. Send it again: the same text is " +
                "never counted twice.",
        );
    }
}

// `status` is the server's; the pass is still good.
export class Refused extends PassError {}

// `receipt` is that of the text which did arrive.
export class EarlierTextReceived extends PassError {
    constructor(details) {
        super(
            "The text that you sent before had arrived after all, and this one was not sent. Send it again if it " +
                "is to be a question of its own.",
            details,
        );
    }
}

export class MalformedReceipt extends PassError {
    constructor() {
        super("This is not a receipt. It has 27 letters and digits; check each of them.");
    }
}
