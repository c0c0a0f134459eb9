// GraphQL over HTTP: the audits of the package graphql-http, each as a test.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { Muster } from './muster.ts';

const AUDITS = 61;

const muster = await Muster.start();
after(() => muster.stop());
const authorization = `Bearer ${muster.token()}`;

const audits = serverAudits({
  url: muster.url,
  fetchFn: (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...init.headers, authorization } }),
});

test(`there are ${AUDITS} audits`, () => assert.equal(audits.length, AUDITS));

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', 'reason' in result ? result.reason : undefined);
  });
}
