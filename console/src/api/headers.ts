import { currentToken } from "../session/token";

/** What goes along with every request. The second one says that no form of another site has sent it. */
export function requestHeaders(): Record<string, string> {
  const token = currentToken();
  return {
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    "GraphQL-Require-Preflight": "1",
  };
}
