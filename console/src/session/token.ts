// The token of whoever is signed in. It lives in memory, and in this tab's sessionStorage so that a reload does not
// sign out: that ends with the tab, and no other tab or origin sees it. It is sent in headers alone, never in an address.

const KEY = "muster.token";

let token = stored((storage) => storage.getItem(KEY));

/** The token; null while there is none, or where a reverse proxy adds it. */
export function currentToken(): string | null {
  return token;
}

export function setToken(next: string | null): void {
  token = next;
  stored((storage) => (next === null ? storage.removeItem(KEY) : storage.setItem(KEY, next)));
}

/** Browsers may keep a page in a frame from storing anything: a reload then asks the page around it again. */
function stored<T>(act: (storage: Storage) => T): T | null {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}
