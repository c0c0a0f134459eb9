import { type ExecutionResult, print } from 'graphql';
import { UploadDocument, type UploadMutation } from './generated/graphql.ts';
import type { Muster } from './muster.ts';

/**
 * A request with a file, for clients that do not make one themselves:
 * https://github.com/jaydenseric/graphql-multipart-request-spec. The parts come in this order. `path` is where the
 * file belongs, such as `variables.file`, and a null stands there.
 */
export function multipart(operation: { query: string; variables: object }, path: string, file: Blob): FormData {
  const form = new FormData();
  form.append('operations', JSON.stringify(operation));
  form.append('map', JSON.stringify({ 0: [path] }));
  form.append('0', file);
  return form;
}

/** Uploads a file with nothing but `fetch`. */
export async function upload(muster: Muster, token: string, file: File): Promise<ExecutionResult<UploadMutation>> {
  const response = await fetch(muster.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: multipart({ query: print(UploadDocument), variables: { file: null } }, 'variables.file', file),
  });
  return (await response.json()) as ExecutionResult<UploadMutation>;
}
