// Tokens as another application would sign them.

import { createHmac } from "node:crypto";

export const SECRET = "a secret of the tests of pages, long enough";

const DAY_SECONDS = 86_400;

/** A token for `muster serve` with SECRET, good for a day from `from` (seconds since 1970). */
export function token({ from = Date.now() / 1000, roles = ["tenant_admin"], name = "Ada" } = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: name.toLowerCase(), tenant: "club", roles, name, exp: Math.floor(from) + DAY_SECONDS };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}
