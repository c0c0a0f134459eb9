// urql: its fetch exchange sends files by itself, its subscription exchange takes a socket of graphql-ws.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { Client, cacheExchange, fetchExchange, type OperationResult, subscriptionExchange } from '@urql/core';
import { HistoryDocument, UploadDocument, WatchDocument, type WatchSubscription } from './generated/graphql.ts';
import { Inbox } from './inbox.ts';
import { Muster } from './muster.ts';
import { header, roster } from './roster.ts';
import { socket } from './socket.ts';

const muster = await Muster.start();
after(() => muster.stop());

function connect(t: TestContext, token: string): Client {
  const subscriptions = socket(t, muster.socketUrl, token);
  return new Client({
    url: muster.url,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: subscriptions.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}

function watch(client: Client): Inbox<OperationResult<WatchSubscription>> {
  const events = new Inbox<OperationResult<WatchSubscription>>();
  client.subscription(WatchDocument, {}).subscribe(events.next);
  return events;
}

test('a query', async (t) => {
  const client = connect(t, muster.token());
  const { data } = await client.query(HistoryDocument, { first: 10 });
  assert.equal(data?.viewer.user.name, 'Ada Abara');
  // @ts-expect-error There is no such field.
  assert.equal(data?.viewer.user.nickname, undefined);
});

test('an upload, and a subscription that sees it', async (t) => {
  const client = connect(t, muster.token());
  const events = watch(client);
  assert.equal((await events.take()).data?.importsChanged.change, null);
  const { data } = await client.mutation(UploadDocument, { file: roster });
  assert.equal(data?.uploadMembershipFile?.membershipImport?.file.rowCount, 2);
  const event = (await events.take()).data?.importsChanged;
  assert.equal(event?.change?.membershipImport.id, data.uploadMembershipFile.membershipImport.id);
  assert.match(event?.activeImport?.bannerMessage ?? '', /members\.csv/);
});

test('a file that is refused', async (t) => {
  const client = connect(t, muster.token());
  const { data } = await client.mutation(UploadDocument, { file: header });
  assert.equal(data?.uploadMembershipFile?.membershipImport, null);
  assert.equal(data.uploadMembershipFile.userErrors[0]?.code, 'FILE_NO_ROWS');
});

test('an error has a code', async (t) => {
  const client = connect(t, muster.token());
  const { error } = await client.query(HistoryDocument, { first: 1_000 });
  assert.equal(error?.graphQLErrors[0]?.extensions.code, 'BAD_USER_INPUT');
});

test('a token that has expired', async (t) => {
  const client = connect(t, muster.expiredToken());
  const { error } = await client.query(HistoryDocument, { first: 10 });
  assert.equal(error?.graphQLErrors[0]?.extensions.code, 'UNAUTHENTICATED');
  assert.equal(error.response.status, 401);
});

test('a subscription outlives the server', async (t) => {
  const events = watch(connect(t, muster.token()));
  await events.take();
  await muster.restart();
  assert.equal((await events.take()).data?.importsChanged.change, null);
});
