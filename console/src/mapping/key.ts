const KEY_CHARACTERS_MAX = 60;

/** A key that says the same as a label: lower-case letters, digits and `_`, beginning with a letter. */
export function keyOf(label: string): string {
  return label
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, KEY_CHARACTERS_MAX);
}
