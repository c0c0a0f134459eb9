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

/** A key for a label that has no such letters: the first of `segment_1`, `segment_2` … that is not among `taken`. */
export function numberedKey(taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const key = `segment_${number}`;
    if (!taken.includes(key)) return key;
  }
}
