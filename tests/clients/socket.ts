import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** A socket for clients that bring none of their own: Apollo, urql and Relay all take the one of graphql-ws. */
export function socket(t: TestContext, url: string, token: string): Client {
  const client = createClient({
    url,
    webSocketImpl: WebSocket, // Browsers have one of their own.
    connectionParams: { authorization: `Bearer ${token}` },
    shouldRetry: () => true, // Also while nobody listens.
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => setTimeout(100),
  });
  t.after(() => client.dispose());
  return client;
}
