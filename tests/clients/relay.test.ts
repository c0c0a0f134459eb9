// Relay: its network layer is the app's own; here it is `fetch`, a multipart request for a file, and a socket of
// graphql-ws for subscriptions. What is asked is in `relay.operations.ts`.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { Sink } from 'graphql-ws';
import {
  commitMutation,
  Environment,
  type FetchFunction,
  fetchQuery,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';
import History, { type relayHistoryQuery } from './generated/relay/relayHistoryQuery.graphql.ts';
import Upload, { type relayUploadMutation } from './generated/relay/relayUploadMutation.graphql.ts';
import Watch, { type relayWatchSubscription } from './generated/relay/relayWatchSubscription.graphql.ts';
import { Inbox } from './inbox.ts';
import { multipart } from './multipart.ts';
import { Muster } from './muster.ts';
import { header, roster } from './roster.ts';
import { socket } from './socket.ts';

const muster = await Muster.start();
after(() => muster.stop());

function connect(t: TestContext, token: string): Environment {
  const subscriptions = socket(t, muster.socketUrl, token);
  const ask: FetchFunction = async ({ text }, variables, _cacheConfig, uploadables) => {
    const operation = { query: text ?? '', variables };
    const headers = new Headers({ authorization: `Bearer ${token}` });
    const [file] = Object.entries(uploadables ?? {});
    if (!file) headers.set('content-type', 'application/json'); // Of a form, `fetch` sets it.
    const body = file ? multipart(operation, ...file) : JSON.stringify(operation);
    return (await fetch(muster.url, { method: 'POST', headers, body })).json();
  };
  const watch: SubscribeFunction = ({ text }, variables) =>
    Observable.create((sink) => subscriptions.subscribe({ query: text ?? '', variables }, sink as Sink));
  return new Environment({ network: Network.create(ask, watch), store: new Store(new RecordSource()) });
}

function upload(environment: Environment, file: File): Promise<relayUploadMutation['response']> {
  return new Promise((resolve, reject) => {
    commitMutation<relayUploadMutation>(environment, {
      mutation: Upload,
      variables: { file: null },
      uploadables: { 'variables.file': file },
      onCompleted: resolve,
      onError: reject,
    });
  });
}

function watch(environment: Environment): Inbox<relayWatchSubscription['response'] | null | undefined> {
  const events = new Inbox<relayWatchSubscription['response'] | null | undefined>();
  requestSubscription<relayWatchSubscription>(environment, {
    subscription: Watch,
    variables: {},
    onNext: events.next,
    onError: events.error,
  });
  return events;
}

test('a query', async (t) => {
  const environment = connect(t, muster.token());
  const data = await fetchQuery<relayHistoryQuery>(environment, History, { first: 10 }).toPromise();
  assert.equal(data?.viewer.user.name, 'Ada Abara');
  // @ts-expect-error There is no such field.
  assert.equal(data?.viewer.user.nickname, undefined);
});

test('an upload, and a subscription that sees it', async (t) => {
  const environment = connect(t, muster.token());
  const events = watch(environment);
  assert.equal((await events.take())?.importsChanged.change, null);
  const data = await upload(environment, roster);
  assert.equal(data.uploadMembershipFile?.membershipImport?.file.rowCount, 2);
  const event = (await events.take())?.importsChanged;
  assert.equal(event?.change?.membershipImport.id, data.uploadMembershipFile.membershipImport.id);
  assert.match(event?.activeImport?.bannerMessage ?? '', /members\.csv/);
});

test('a file that is refused', async (t) => {
  const data = await upload(connect(t, muster.token()), header);
  assert.equal(data.uploadMembershipFile?.membershipImport, null);
  assert.equal(data.uploadMembershipFile.userErrors[0]?.code, 'FILE_NO_ROWS');
});

// Relay keeps what came in the error's `source`.
test('an error has a code', async (t) => {
  const environment = connect(t, muster.token());
  const asked = fetchQuery<relayHistoryQuery>(environment, History, { first: 1_000 }).toPromise();
  await assert.rejects(asked, (error: { source?: { errors: { extensions: { code: string } }[] } }) => {
    assert.equal(error.source?.errors[0]?.extensions.code, 'BAD_USER_INPUT');
    return true;
  });
});

test('a token that has expired', async (t) => {
  const environment = connect(t, muster.expiredToken());
  const asked = fetchQuery<relayHistoryQuery>(environment, History, { first: 10 }).toPromise();
  await assert.rejects(asked, (error: { source?: { errors: { extensions: { code: string } }[] } }) => {
    assert.equal(error.source?.errors[0]?.extensions.code, 'UNAUTHENTICATED');
    return true;
  });
});

test('a subscription outlives the server', async (t) => {
  const events = watch(connect(t, muster.token()));
  await events.take();
  await muster.restart();
  assert.equal((await events.take())?.importsChanged.change, null);
});
