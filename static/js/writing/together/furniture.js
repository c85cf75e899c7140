// What stands in the room: the editors, the rows, who is here, how things stand.
import { wordingsApart } from "./apart.js";
import { copying } from "./copying.js";
import { takeEarly, takeWords } from "./early.js";
import { bindField } from "./fields.js";
import { showMerged } from "./merged_notice.js";
import { OlderText } from "./older_text.js";
import { bindOutcomes } from "./outcomes.js";
import { Presence } from "./presence.js";
import { showPublished } from "./published_notice.js";
import { Rows } from "./rows.js";
import { openSections } from "./sections.js";
import { Standing } from "./standing.js";
import { surroundings } from "./surroundings.js";
import { Revisions } from "./revisions.js";
import { wholeText } from "./whole_text.js";

function placeForPresence(element) {
  const place = document.createElement("p");
  place.className = "presence";
  element.querySelector("save-state").after(place);
  return place;
}

function bindFields(room) {
  const notes = document.querySelector("[data-shared-text=private_notes]");
  if (notes) {
    takeWords(notes, room.textOf("private_notes"));
    bindField(notes, room.textOf("private_notes"));
  }
  const rows = room.element.querySelector("priority-rows");
  if (rows) room.rows = new Rows(rows, room.shared);
  bindOutcomes(document, room.shared);
}

/** Furnish `room`: after this the page shows the shared document, and nothing else writes to it. */
export function furnish(room) {
  const { element, form, shared, sync, shelf, session } = room;
  form.autocomplete = "off"; // a browser that fills old text back in would undo what others wrote
  takeEarly(form, shared);
  room.views = openSections(form, shared, surroundings);
  bindFields(room);
  const texts = Object.fromEntries(Object.keys(room.views).map((part) => [part, room.textOf(part)]));
  room.presence = new Presence(placeForPresence(element), room.views, texts, session.person);
  room.standing = new Standing(element.querySelector("save-state"), {
    kept: () => shelf.works, since: () => sync.unsentSince,
  });
  room.merged = (known, mine, theirs) => showMerged(element, wordingsApart(known, mine, theirs));
  const revisions = new Revisions(form, element.getAttribute("revisions"), sync, (end, reason) => room.standing.troubled(end, reason));
  room.published = () => showPublished(element) && revisions.save();
  const name = `${session.person}/${element.getAttribute("name")}`;
  new OlderText(element.querySelector("#unsaved"), name, {
    url: form.action, token: () => session.token, done: () => sync.soon(0),
  });
  element.querySelector(".save-bar").append(copying("Copy my text", () => wholeText(shared)));
  document.querySelector("draft-comments")?.attach(room);
}
