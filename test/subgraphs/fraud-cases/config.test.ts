// What the program is told by its environment: what signs needs its keys, and is told so in plain sentences.

import { describe, expect, it } from '@jest/globals';
import { readCaseConfig, readReplayConfig, readServiceConfig } from '../../../subgraphs/fraud-cases/config';

const DATABASE = { DATABASE_URL: 'postgres://bank@localhost/cases' };
const TRUST = { ACT_KEY_FILE: '/k/act.pem', TRUST_POLICY_FILE: '/t/policy.txt', TRUST_ROOT_FILE: '/t/root.json' };
const LOG = {
  ...TRUST,
  LOG_KEY_FILE: '/k/log.pem',
  LOG_LOCK_FILE: '/l/last-checkpoint',
  ORDER_KEY_FILE: '/k/order.pem',
  CASES_KEY_FILE: '/k/cases.pem',
  NUMBERING_URL: 'http://127.0.0.1:4001',
};
const DISPATCH = {
  GATEWAY_URL: 'http://127.0.0.1:4000/graphql',
  TOKEN_ENDPOINT: 'https://issuer.test/token',
  DISPATCHER_KEY_FILE: '/k/dispatcher.pem',
};
const DISCLOSURE = { GRANT_KEY_FILE: '/k/grant.pem', DISCLOSURE_KEY_FILE: '/k/disclosure.key' };
const SERVE = { ...DATABASE, ...LOG, ...DISPATCH, ...DISCLOSURE, ISSUER_URL: 'https://issuer.test', PORT: '4002' };
const ID = '00000000-0000-4000-8000-000000000001';

const faults = (read: { readonly ok: boolean; readonly error?: readonly string[] }): readonly string[] =>
  read.ok ? [] : (read.error ?? []);

describe('serve', () => {
  it('takes its keys and the files of trust', () => {
    const config = readServiceConfig(SERVE);
    expect(config.ok && config.value).toMatchObject({
      PORT: 4002,
      log: LOG,
      dispatch: DISPATCH,
      disclosure: DISCLOSURE,
    });
  });

  it('names every one that is missing, each in a sentence', () => {
    for (const name of ['ISSUER_URL', ...Object.keys({ ...LOG, ...DISPATCH, ...DISCLOSURE })]) {
      const told = faults(readServiceConfig({ ...SERVE, [name]: undefined }));
      expect(told).toHaveLength(1);
      expect(told[0]).toContain(name);
    }
    expect(faults(readServiceConfig({}))).toHaveLength(3 + Object.keys({ ...LOG, ...DISPATCH, ...DISCLOSURE }).length);
  });
});

describe('replay', () => {
  it('needs the key of orders as well', () => {
    expect(faults(readReplayConfig({ ...DATABASE, ...TRUST }))).toEqual([expect.stringContaining('ORDER_KEY_FILE')]);
    expect(readReplayConfig({ ...DATABASE, ...TRUST, ORDER_KEY_FILE: '/k/order.pem' }).ok).toBe(true);
  });
});

describe('a command on one case', () => {
  it('needs the id of a case', () => {
    expect(readCaseConfig({ ...DATABASE, ...TRUST, CASE_ID: ID }).ok).toBe(true);
    for (const CASE_ID of [undefined, '', 'x', ID.toUpperCase().replace('8', 'A')]) {
      expect(faults(readCaseConfig({ ...DATABASE, ...TRUST, CASE_ID }))).toEqual([expect.stringContaining('CASE_ID')]);
    }
  });
});
