/** A stretch of text as it is, or the name of a character that cannot be seen. */
export interface Part {
  /** Where it begins. */
  at: number;
  text: string;
  hidden: boolean;
}

/** Controls, formats such as those that turn the direction of text, separators, and halves of pairs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Joiners shape words in some scripts and emoji, and belong to the text. */
const JOINERS = new Set(["\u200C", "\u200D"]);

export function shown(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (JOINERS.has(character)) continue;
    if (index > from) parts.push({ at: from, text: text.slice(from, index), hidden: false });
    parts.push({ at: index, text: nameOf(character), hidden: true });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ at: from, text: text.slice(from), hidden: false });
  return parts;
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
