import { createContext, useCallback, useContext, useEffect, useRef } from "react";
import { type AnyVariables, type UseQueryArgs, useQuery } from "urql";
import type { Connection, Live } from "../api/connection";
import { useStore } from "../api/store";
import type { Viewer } from "../session/session";

/** Who has signed in. */
export const ViewerContext = createContext<Viewer | null>(null);

export const ConnectionContext = createContext<Connection | null>(null);

export function useLive(): Live {
  const connection = useContext(ConnectionContext);
  if (connection === null) throw new Error("there is no connection here");
  return useStore(connection.live);
}

const POLL_MILLISECONDS = 5_000;

/** `useQuery`, which asks again now and then while no changes come in, and once when they come in again. */
export function useLiveQuery<Data, Variables extends AnyVariables>(options: UseQueryArgs<Variables, Data>) {
  const [result, ask] = useQuery(options);
  const { connected, times } = useLive();
  const retry = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  const failed = useRef<boolean>(false);
  useEffect(() => {
    failed.current = result.error !== undefined;
  }, [result.error]);
  // Each new connection is the reason to ask again.
  useEffect(() => {
    // What has not failed is in the cache, which the subscription sees to.
    if (failed.current) retry();
  }, [times, retry]);
  useEffect(() => {
    if (connected) return;
    const timer = setInterval(retry, POLL_MILLISECONDS);
    return () => clearInterval(timer);
  }, [connected, retry]);
  return [result, retry] as const;
}
