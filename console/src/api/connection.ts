import { createClient, type Sink, type Client as Socket } from "graphql-ws";
import { Client, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import { currentToken } from "../session/token";
import { normalisedCache } from "./cache";
import { isUnauthenticated } from "./failure";
import { requestHeaders } from "./headers";
import { patientFetch } from "./patience";
import { createStore, type Store } from "./store";

/** Whether changes by others come in. `times` rises with each connection, so that one can tell a new one. */
export interface Live {
  connected: boolean;
  times: number;
}

/** The way to the server for one user. */
export interface Connection {
  client: Client;
  live: Store<Live>;
  /** Ends the socket and opens another one, which takes the current token. */
  reconnect(): void;
  close(): void;
}

const RETRY_MILLISECONDS_MAX = 5_000;
const PING_MILLISECONDS = 10_000;
const ACK_MILLISECONDS_MAX = 10_000;
/** A token that is refused or has ended closes the socket with this code. */
const FORBIDDEN = 4403;
/** No pong came in time (PROTOCOL.md of graphql-ws leaves the code to us). */
const NO_PONG = 4499;

/** `refused` is called with the server's sentence when it no longer takes the token. */
export function connect(refused: (sentence: string) => void): Connection {
  const live = createStore<Live>({ connected: false, times: 0 });
  const socket = openSocket(live, () => void client.query("{ viewer { id } }", {}, { requestPolicy: "network-only" }));
  const client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    fetch: patientFetch,
    fetchOptions: () => ({ headers: requestHeaders() }),
    exchanges: [
      mapExchange({
        onError(error) {
          if (isUnauthenticated(error)) refused(error.graphQLErrors[0]?.message ?? error.message);
        },
      }),
      normalisedCache(),
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query, variables: variables as Record<string, unknown> }, sink as Sink),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { client, live, reconnect: () => socket.terminate(), close: () => void socket.dispose() };
}

function openSocket(live: Store<Live>, tokenEnded: () => void): Socket {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let open: WebSocket | undefined;
  return createClient({
    url: () => new URL("/graphql", location.href.replace(/^http/, "ws")).href,
    connectionParams: () => {
      const token = currentToken();
      return token === null ? {} : { authorization: `Bearer ${token}` };
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** Math.min(retries, 10), RETRY_MILLISECONDS_MAX))),
    connectionAckWaitTimeout: ACK_MILLISECONDS_MAX,
    keepAlive: PING_MILLISECONDS,
    on: {
      connected(socket) {
        open = socket as WebSocket;
        live.set({ connected: true, times: live.get().times + 1 });
      },
      ping(received) {
        // A network that went away without a word is noticed by the pong that does not come.
        if (!received) waiting = setTimeout(() => open?.close(NO_PONG, "no pong"), PING_MILLISECONDS / 2);
      },
      pong(received) {
        if (received) clearTimeout(waiting);
      },
      closed(event) {
        clearTimeout(waiting);
        live.set({ connected: false, times: live.get().times });
        if ((event as CloseEvent).code === FORBIDDEN) tokenEnded();
      },
    },
  });
}
