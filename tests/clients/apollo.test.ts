// Apollo Client: the link of apollo-upload-client for queries and files, a socket of graphql-ws for subscriptions.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client/core';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { OperationTypeNode } from 'graphql';
import { HistoryDocument, UploadDocument, WatchDocument, type WatchSubscription } from './generated/graphql.ts';
import { Inbox } from './inbox.ts';
import { Muster } from './muster.ts';
import { header, roster } from './roster.ts';
import { socket } from './socket.ts';

const muster = await Muster.start();
after(() => muster.stop());

function connect(t: TestContext, token: string): ApolloClient {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket(t, muster.socketUrl, token)),
      new UploadHttpLink({ uri: muster.url, headers: { authorization: `Bearer ${token}` } }),
    ),
  });
  t.after(() => client.stop());
  return client;
}

function watch(client: ApolloClient): Inbox<ApolloClient.SubscribeResult<WatchSubscription>> {
  const events = new Inbox<ApolloClient.SubscribeResult<WatchSubscription>>();
  client.subscribe({ query: WatchDocument }).subscribe(events);
  return events;
}

test('a query', async (t) => {
  const client = connect(t, muster.token());
  const { data } = await client.query({ query: HistoryDocument, variables: { first: 10 } });
  assert.equal(data?.viewer.user.name, 'Ada Abara');
  // @ts-expect-error There is no such field.
  assert.equal(data?.viewer.user.nickname, undefined);
});

test('an upload, and a subscription that sees it', async (t) => {
  const client = connect(t, muster.token());
  const events = watch(client);
  assert.equal((await events.take()).data?.importsChanged.change, null);
  const { data } = await client.mutate({ mutation: UploadDocument, variables: { file: roster } });
  assert.equal(data?.uploadMembershipFile?.membershipImport?.file.rowCount, 2);
  const event = (await events.take()).data?.importsChanged;
  assert.equal(event?.change?.membershipImport.id, data.uploadMembershipFile.membershipImport.id);
  assert.match(event?.activeImport?.bannerMessage ?? '', /members\.csv/);
});

test('a file that is refused', async (t) => {
  const client = connect(t, muster.token());
  const { data } = await client.mutate({ mutation: UploadDocument, variables: { file: header } });
  assert.equal(data?.uploadMembershipFile?.membershipImport, null);
  assert.equal(data.uploadMembershipFile.userErrors[0]?.code, 'FILE_NO_ROWS');
});

test('an error has a code', async (t) => {
  const client = connect(t, muster.token());
  const asked = client.query({ query: HistoryDocument, variables: { first: 1_000 } });
  await assert.rejects(asked, (error) => {
    assert(CombinedGraphQLErrors.is(error));
    assert.equal(error.errors[0]?.extensions?.code, 'BAD_USER_INPUT');
    return true;
  });
});

test('a token that has expired', async (t) => {
  const client = connect(t, muster.expiredToken());
  const asked = client.query({ query: HistoryDocument, variables: { first: 10 } });
  await assert.rejects(asked, (error) => {
    assert(CombinedGraphQLErrors.is(error));
    assert.equal(error.errors[0]?.extensions?.code, 'UNAUTHENTICATED');
    return true;
  });
});

test('a subscription outlives the server', async (t) => {
  const events = watch(connect(t, muster.token()));
  await events.take();
  await muster.restart();
  assert.equal((await events.take()).data?.importsChanged.change, null);
});
