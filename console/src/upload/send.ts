import type { ExecutionResult } from "graphql";
import { stringifyDocument } from "urql";
import { requestHeaders } from "../api/headers";
import { retryAfterSeconds } from "../api/patience";
import { UploadDocument, type UploadMutation, type UploadMutationVariables } from "../gql/graphql";

export type UploadInput = Omit<UploadMutationVariables["input"], "file">;
export type Uploaded = NonNullable<UploadMutation["uploadMembershipFile"]>;

export type Outcome =
  /** The server has answered: there is an import, or the file is refused. */
  | { kind: "answered"; payload: Uploaded }
  /** It has not taken the request; `sentence` is its own if it has said one. */
  | { kind: "failed"; sentence: string; unauthenticated: boolean }
  | { kind: "cancelled" };

interface Watcher {
  /** Told how many bytes of the request have left, of how many. */
  progress(sent: number, total: number): void;
  signal: AbortSignal;
}

/**
 * Sends a file as the GraphQL multipart request specification says:
 * https://github.com/jaydenseric/graphql-multipart-request-spec. By XMLHttpRequest, as `fetch` does not tell how far a
 * request has come.
 */
export function sendFile(file: File, input: UploadInput, { progress, signal }: Watcher): Promise<Outcome> {
  const form = new FormData();
  const variables = { input: { ...input, file: null } };
  form.set("operations", JSON.stringify({ query: stringifyDocument(UploadDocument), variables }));
  form.set("map", JSON.stringify({ file: ["variables.input.file"] }));
  form.set("file", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/graphql");
    for (const [name, value] of Object.entries(requestHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader("Accept", "application/graphql-response+json");
    request.upload.onprogress = ({ loaded, total }) => progress(loaded, total);
    request.onload = () => resolve(outcomeOf(request));
    request.onerror = () => resolve(failed(LOST));
    request.onabort = () => resolve({ kind: "cancelled" });
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

const LOST =
  "The connection was lost before the server answered. Try again: a file that has arrived already is not taken twice.";
const SILENT = "The server gave no answer that can be read. Try again.";

function failed(sentence: string, unauthenticated = false): Outcome {
  return { kind: "failed", sentence, unauthenticated };
}

function outcomeOf(request: XMLHttpRequest): Outcome {
  let answer: ExecutionResult<UploadMutation>;
  try {
    answer = JSON.parse(request.responseText) as ExecutionResult<UploadMutation>;
  } catch {
    return failed(SILENT);
  }
  const payload = answer.data?.uploadMembershipFile;
  if (payload) return { kind: "answered", payload };
  const [error] = answer.errors ?? [];
  if (error === undefined) return failed(SILENT);
  const seconds = retryAfterSeconds(request.getResponseHeader("Retry-After"), Date.now());
  const wait = seconds === null ? "" : ` Wait ${Math.ceil(seconds)} s.`;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- what stands in between may leave it out
  return failed(error.message + wait, error.extensions?.code === "UNAUTHENTICATED");
}
