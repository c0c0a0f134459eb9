import { type Connection, connect } from "../api/connection";
import { failureOf, networkFailure } from "../api/failure";
import { createStore } from "../api/store";
import { ViewerDocument, type ViewerQuery } from "../gql/graphql";
import { currentToken, setToken } from "./token";

export type Viewer = ViewerQuery["viewer"];

export type Session =
  /** Who it is, is being asked. */
  | { state: "asking" }
  /** Nobody has signed in; `sentence` says why not, if there is a reason. */
  | { state: "out"; sentence: string | null }
  /** It could not be asked. */
  | { state: "away"; sentence: string }
  | { state: "in"; viewer: Viewer; connection: Connection };

export const session = createStore<Session>({ state: "asking" });

/**
 * Signs in with `token`; without one, as whoever a reverse proxy says. A new token of the same user takes the place of
 * the old one, and the page stays as it is.
 */
export async function signIn(token: string | null): Promise<void> {
  setToken(token);
  const connection = connect((sentence) => {
    const now = session.get();
    if (now.state === "in" && now.connection === connection) signOut(sentence);
  });
  const { data, error } = await connection.client.query(ViewerDocument, {}).toPromise();
  if (currentToken() !== token) return connection.close();
  const before = session.get();
  if (data === undefined) {
    connection.close();
    const { code, message } = error ? failureOf(error) : networkFailure();
    if (code === "UNAUTHENTICATED") signOut(token === null ? null : message);
    else if (before.state !== "in") session.set({ state: "away", sentence: message });
  } else if (before.state === "in" && before.viewer.id === data.viewer.id) {
    connection.close();
    before.connection.reconnect();
  } else {
    if (before.state === "in") before.connection.close();
    session.set({ state: "in", viewer: data.viewer, connection });
  }
}

export function signOut(sentence: string | null): void {
  const before = session.get();
  if (before.state === "in") before.connection.close();
  setToken(null);
  session.set({ state: "out", sentence });
}
