// Sign-in by the page that embeds the console: we say that we are ready, it answers with a token, at once or later,
// and may send a new one before the old one ends. A token is taken from the origins that the server lists, and no other.

import { signIn } from "./session";

/** Listens for tokens from `origins`. */
export function listenForTokens(origins: string[]): void {
  if (origins.length === 0) return;
  window.addEventListener("message", ({ origin, source, data }: MessageEvent<unknown>) => {
    const isHost = source === window.parent && origins.includes(origin);
    if (isHost && isToken(data)) void signIn(data.token);
  });
}

function isToken(data: unknown): data is { token: string } {
  if (typeof data !== "object" || data === null) return false;
  const { type, token } = data as { type?: unknown; token?: unknown };
  return type === "muster.token" && typeof token === "string";
}

/** Whether another page shows this one, and could hand it a token. */
export function isEmbedded(origins: string[]): boolean {
  return window.parent !== window && origins.length > 0;
}

/** Asks the embedding page for a token. Says nothing but that, so whoever it is may hear it. */
export function askForToken(): void {
  window.parent.postMessage({ type: "muster.ready" }, "*");
}
