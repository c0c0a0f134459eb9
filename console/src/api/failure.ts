import type { CombinedError } from "urql";

/** Why a request was not answered with data: a sentence for people, and its code if the server gave one. */
export interface Failure {
  code: string;
  message: string;
}

/** The code of a failure on the way: nothing came back from the server. */
export const NETWORK = "NETWORK";

const AWAY = "The server cannot be reached. Check the network; the page goes on by itself when it is back.";

export function failureOf(error: CombinedError): Failure {
  const [first] = error.graphQLErrors;
  if (first === undefined) return { code: NETWORK, message: AWAY };
  const { code } = first.extensions;
  return { code: typeof code === "string" ? code : "", message: first.message };
}

export function networkFailure(): Failure {
  return { code: NETWORK, message: AWAY };
}

export function isUnauthenticated({ graphQLErrors }: CombinedError): boolean {
  return graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
}
