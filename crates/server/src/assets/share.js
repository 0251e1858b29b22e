// A look in the forms that people pass on: an export entry, integers, a look string, the link of other
// sites, and a link of ours that holds the look itself.
import { compressForAddress } from "./lz.js";

const integer = (hex) => (hex ? parseInt(hex.slice(1), 16) : -1);

// An entry of an export that this program reads again.
export const exportEntry = (labels) => ({
  class: labels.class, gender: labels.gender, colors: labels.colors,
  items: Object.fromEntries(Object.entries(labels.items).filter(([, id]) => id)),
});
export const integers = (labels) => labels.colors.map(integer).join(", ");
export function lookString(labels) {
  const colours = labels.colors.map((hex, index) => hex && `${index + 1}=${integer(hex)}`).filter(Boolean);
  return `{1||${colours.join(",")}|}`;
}

// Breed ids in the order of Barbofus, which counts from 1 to 19.
const BREEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20];
const BARBOFUS_SLOTS = { coiffe: 6, cape: 7, familier: 8, bouclier: 9, ailes: 10, epauliere: 11, costume: 12 };

// The first of a class's eight faces; which face it is no picture of this size tells.
function firstFace(breed, female) {
  if (breed === 18) return female ? 275 : 273;
  if (breed === 20) return female ? 302 : 294;
  return 16 * (breed - 1) + (female ? 9 : 1);
}

// `?s=…`, or null for what that site has no word for: a look without class or sex.
export function barbofusQuery(labels, breed) {
  if (!breed || !labels.gender) return null;
  const female = labels.gender === "f";
  const items = Object.entries(BARBOFUS_SLOTS).filter(([slot]) => labels.items[slot]);
  const look = {
    1: female ? 1 : 0, 2: BREEDS.indexOf(breed) + 1, 3: firstFace(breed, female), 4: labels.colors.map(integer),
    5: Object.fromEntries(items.map(([slot, key]) => [key, labels.items[slot]])),
  };
  return `?s=${compressForAddress(JSON.stringify(look))}`;
}

const toAddress = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const fromAddress = (text) => new TextDecoder().decode(Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0)));

// The look stands after the `#`: browsers send that to no server.
export const shareAddress = (labels) => `${location.origin}${location.pathname}#look=${toAddress(JSON.stringify(exportEntry(labels)))}`;

// The labels of such a link; null for none, or one that was damaged.
export function sharedLabels(hash) {
  const text = new URLSearchParams(hash.replace(/^#/, "")).get("look");
  if (!text) return null;
  try {
    const entry = JSON.parse(fromAddress(text));
    const hex = (value) => (/^#[0-9A-F]{6}$/i.test(value ?? "") ? value.toUpperCase() : null);
    return {
      class: typeof entry.class === "string" ? entry.class.slice(0, 64) : null, gender: ["m", "f"].includes(entry.gender) ? entry.gender : null,
      colors: Array.from({ length: 6 }, (_, index) => hex(entry.colors?.[index])),
      items: Object.fromEntries(Object.keys(BARBOFUS_SLOTS).map((slot) => [slot, Number.isSafeInteger(entry.items?.[slot]) ? entry.items[slot] : null])),
    };
  } catch {
    return null;
  }
}
