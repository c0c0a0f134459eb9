// graphql-sse in its distinct connections mode: each operation is a request of its own, answered by a stream of
// events. Its protocol knows no files, so that an upload is a request beside it.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient, type ExecutionResult } from 'graphql-sse';
import { HistoryDocument, WatchDocument } from './generated/graphql.ts';
import { Inbox } from './inbox.ts';
import { upload } from './multipart.ts';
import { Muster } from './muster.ts';
import { header, roster } from './roster.ts';

const muster = await Muster.start();
after(() => muster.stop());

function connect(t: TestContext, token: () => string) {
  const client = createClient({
    url: muster.url,
    headers: () => ({ authorization: `Bearer ${token()}` }), // Asked at every attempt.
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: () => setTimeout(100),
  });
  t.after(() => client.dispose());
  return <Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ) => {
    const results = new Inbox<ExecutionResult<Data>>();
    client.subscribe<Data>({ query: print(document), variables }, results);
    return results;
  };
}

test('a query', async (t) => {
  const token = muster.token();
  const run = connect(t, () => token);
  const { data } = await run(HistoryDocument, { first: 10 }).take();
  assert.equal(data?.viewer.user.name, 'Ada Abara');
  // @ts-expect-error There is no such field.
  assert.equal(data?.viewer.user.nickname, undefined);
});

test('an upload, and a subscription that sees it', async (t) => {
  const token = muster.token();
  const run = connect(t, () => token);
  const events = run(WatchDocument, {});
  assert.equal((await events.take()).data?.importsChanged.change, null);
  const { data } = await upload(muster, token, roster);
  assert.equal(data?.uploadMembershipFile?.membershipImport?.file.rowCount, 2);
  const event = (await events.take()).data?.importsChanged;
  assert.equal(event?.change?.membershipImport.id, data.uploadMembershipFile.membershipImport.id);
  assert.match(event?.activeImport?.bannerMessage ?? '', /members\.csv/);
});

test('a file that is refused', async () => {
  const { data } = await upload(muster, muster.token(), header);
  assert.equal(data?.uploadMembershipFile?.membershipImport, null);
  assert.equal(data.uploadMembershipFile.userErrors[0]?.code, 'FILE_NO_ROWS');
});

test('an error has a code', async (t) => {
  const token = muster.token();
  const run = connect(t, () => token);
  const { errors } = await run(HistoryDocument, { first: 1_000 }).take();
  assert.equal(errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
});

test('a token that has expired is refused with 401, and the client comes back with another', async (t) => {
  const tokens = [muster.expiredToken(), muster.token()];
  const run = connect(t, () => tokens.shift() ?? '');
  const { data } = await run(HistoryDocument, { first: 10 }).take();
  assert.equal(data?.viewer.user.name, 'Ada Abara');
  assert.deepEqual(tokens, []);
});

test('a subscription outlives the server', async (t) => {
  const token = muster.token();
  const run = connect(t, () => token);
  const events = run(WatchDocument, {});
  await events.take();
  await muster.restart();
  assert.equal((await events.take()).data?.importsChanged.change, null);
});
