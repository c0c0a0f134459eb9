import { createContext, useContext, useEffect } from "react";
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

/** `useQuery`, which asks again after a failure when the server is back. */
export function useLiveQuery<Data, Variables extends AnyVariables>(options: UseQueryArgs<Variables, Data>) {
  const [result, ask] = useQuery(options);
  const { times } = useLive();
  const failed = result.error !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new connection is the reason to ask again
  useEffect(() => {
    if (failed) ask({ requestPolicy: "network-only" });
  }, [times]);
  return [result, () => ask({ requestPolicy: "network-only" })] as const;
}
