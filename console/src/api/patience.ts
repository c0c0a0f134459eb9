import { createStore } from "./store";

/** Until when the server asked us to wait (milliseconds since 1970); null when it does not. */
export const waitingUntil = createStore<number | null>(null);

const TRIES_MAX = 3;
const WAIT_SECONDS_MAX = 60;

const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** Seconds of a `Retry-After` header, which may also be a date (RFC 9110, 10.2.3); null if there is none to follow. */
export function retryAfterSeconds(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number.isNaN(Number(header)) ? (Date.parse(header) - now) / 1000 : Number(header);
  return seconds >= 0 && seconds <= WAIT_SECONDS_MAX ? seconds : null;
}

/** `fetch` that waits and asks again when the server says how long: it has then refused, and done nothing. */
export async function patientFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(input, init);
    const refused = response.status === TOO_MANY_REQUESTS || response.status === UNAVAILABLE;
    const seconds = refused ? retryAfterSeconds(response.headers.get("Retry-After"), Date.now()) : null;
    if (seconds === null || tries === TRIES_MAX) return response;
    waitingUntil.set(Date.now() + seconds * 1000);
    await pause(seconds * 1000, init?.signal ?? null);
    waitingUntil.set(null);
  }
}

function pause(milliseconds: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      waitingUntil.set(null);
      reject(signal.reason as Error);
    });
  });
}
