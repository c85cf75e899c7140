// The Merkle tree of the ledger (RFC 9162, section 2.1). The twin of narrative/ledger/rules/merkle.py.

import { concat, sha256, toBase64url } from "../passes/bytes.js";

export function leafHash(body) {
  return sha256(concat(Uint8Array.of(0), body));
}

function nodeHash(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

// The root over leaf hashes in their order (section 2.1.1).
export async function rootOf(hashes) {
  let level = [...hashes];
  while (level.length > 1) {
    const pairs = [];
    for (let at = 0; at + 1 < level.length; at += 2) {
      pairs.push(nodeHash(level[at], level[at + 1]));
    }
    // An odd one goes up as it is.
    level = await Promise.all(level.length % 2 ? [...pairs, level.at(-1)] : pairs);
  }
  return level[0] ?? sha256(new Uint8Array());
}

export const same = (one, other) => toBase64url(one) === toBase64url(other);

// Whether the leaf of that hash is at `position` of the tree with that size and root (section 2.1.3.2).
export async function verifyInclusion({ position, size, leaf, proof, root }) {
  if (position >= size) {
    return false;
  }
  let [place, last, hash] = [position, size - 1, leaf];
  for (const other of proof) {
    if (last === 0) {
      return false;
    }
    if (place % 2 || place === last) {
      hash = await nodeHash(other, hash);
      while (place % 2 === 0 && place > 0) {
        [place, last] = [half(place), half(last)];
      }
    } else {
      hash = await nodeHash(hash, other);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(hash, root);
}

// Whether the larger tree begins with the smaller (section 2.1.4.2).
export async function verifyConsistency({ from, to, proof, fromRoot, toRoot }) {
  if (from > to || from < 1) {
    return false;
  }
  if (from === to) {
    return proof.length === 0 && same(fromRoot, toRoot);
  }
  let [place, last] = [from - 1, to - 1];
  while (place % 2) {
    [place, last] = [half(place), half(last)];
  }
  const path = place > 0 ? [...proof] : [fromRoot, ...proof];
  if (path.length === 0) {
    return false;
  }
  let [earlier, later] = [path[0], path[0]];
  for (const other of path.slice(1)) {
    if (last === 0) {
      return false;
    }
    if (place % 2 || place === last) {
      [earlier, later] = [await nodeHash(other, earlier), await nodeHash(other, later)];
      while (place % 2 === 0 && place > 0) {
        [place, last] = [half(place), half(last)];
      }
    } else {
      later = await nodeHash(later, other);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(earlier, fromRoot) && same(later, toRoot);
}

// Division, not a shift: sizes may pass 2^31.
const half = (number) => Math.floor(number / 2);
