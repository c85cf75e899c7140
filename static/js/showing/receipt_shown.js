// Puts what came back for a question into the confirmation: the receipt to see, and what proves that it was received into
// what is saved with it.

/** Turn `host` from asking to received: { receipt, commitment, promise, doubt }. */
export function showReceipt(host, { receipt, commitment, promise, doubt }) {
  const heading = host.querySelector("h1");
  document.title = document.title.replace(heading.textContent, heading.dataset.received);
  heading.textContent = heading.dataset.received;
  host.querySelector("#receipt-code").textContent = receipt;
  host.querySelector("#receipt-proof").textContent = `What the ledger will hold of it:\n${commitment}\n\nThe server’s signed promise to show it:\n${promise}`;
  const said = host.querySelector('[data-part="doubt"]');
  said.hidden = !doubt;
  said.textContent = doubt ?? "";
  host.querySelector('[data-part="asking"]').hidden = true;
  host.querySelector('[data-part="received"]').hidden = false;
  heading.focus();
}
