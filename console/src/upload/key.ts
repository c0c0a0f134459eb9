const KEY_BYTES = 16;

/** A key that no other upload has: with it, an upload whose answer was lost can be sent again. */
export function newIdempotencyKey(): string {
  // Not `crypto.randomUUID`, which pages that come by plain http do not have.
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
