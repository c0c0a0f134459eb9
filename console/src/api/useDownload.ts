import { useState } from "react";
import { type TypedDocumentNode, useClient } from "urql";
import { announce } from "../ui/announce";
import { startDownload } from "../ui/download";
import { failureOf } from "./failure";

const GONE = "It is no longer there.";

/** Downloads what the address that is `pick`ed from an answer serves. Asked for when it is wanted: it expires. */
export function useDownload<Data>(
  document: TypedDocumentNode<Data, { id: string }>,
  id: string,
  pick: (data: Data) => string | undefined,
) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const download = async () => {
    setBusy(true);
    const { data, error } = await client.query(document, { id }, { requestPolicy: "network-only" }).toPromise();
    setBusy(false);
    const url = data && pick(data);
    if (url) {
      startDownload(url);
      announce("The download has begun.");
    }
    setFailure(url ? null : error ? failureOf(error).message : GONE);
  };
  return { download, busy, failure };
}
