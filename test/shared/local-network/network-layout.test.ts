// Who listens where, with which database, and what the files of a network say.

import { describe, expect, test } from '@jest/globals';
import { parseParties } from '../../../shared/ceremony/parties';
import { DEMO_OPERATORS } from '../../../shared/local-network/demo-data/demo-operator';
import { partiesDocument } from '../../../shared/local-network/joint-log-layout';
import { localFolder } from '../../../shared/local-network/local-folder';
import {
  databaseOwners,
  layOut,
  networkRecord,
  operatorsDocument,
  preferredPort,
  serviceNames,
  serviceOrigins,
} from '../../../shared/local-network/network-layout';
import { parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';

const NAMES = serviceNames(DEMO_OPERATORS);
const PLANS = layOut({
  folder: localFolder('/x/.local'),
  operators: DEMO_OPERATORS,
  ports: new Map(NAMES.map((name) => [name, preferredPort(name, 4000, DEMO_OPERATORS)])),
  databases: new Map(databaseOwners(DEMO_OPERATORS).map((name) => [name, `postgres://${name}@h/${name}`])),
  logLevel: 'info',
});

describe('the layout', () => {
  test('has a port of its own for every service, the gateway’s as asked', () => {
    expect(Object.fromEntries(PLANS.map((plan) => [plan.name, plan.port]))).toEqual({
      gateway: 4000,
      numbering: 4001,
      'fraud-cases': 4002,
      kcell: 4101,
      beeline: 4102,
      tele2: 4103,
      regulator: 4201,
    });
  });

  test('tells a service its own database and nobody else’s', () => {
    for (const plan of PLANS) {
      const known = Object.values(plan.environment).filter((value) => value.startsWith('postgres://'));
      expect(known).toEqual(plan.database === null ? [] : [`postgres://${plan.name}@h/${plan.name}`]);
      expect(plan.database === null).toBe(['gateway', 'regulator'].includes(plan.name));
    }
  });

  test('writes a directory that programs can read', () => {
    const keys = { kcell: { act: 'AAAA', witness: 'kcell+00000000+BBBB' }, afc: { act: 'CCCC' } };
    const parsed = parseOperatorDirectory(JSON.stringify(operatorsDocument(DEMO_OPERATORS, PLANS, keys)));
    expect(parsed.ok && parsed.value.operators.map((operator) => operator.keys)).toEqual([keys.kcell, {}, {}]);
    expect(parsed.ok && parsed.value.operators.map(({ code, endpoint }) => [code, endpoint])).toEqual([
      ['kcell', 'http://127.0.0.1:4101/graphql'],
      ['beeline', 'http://127.0.0.1:4102/graphql'],
      ['tele2', 'http://127.0.0.1:4103/graphql'],
    ]);
  });

  test('records the network under the names that others rely on', () => {
    const pids = new Map(NAMES.map((name, index) => [name, 100 + index]));
    const trust = { policy: '.local/trust/policy.txt', root: '.local/trust/root.json' };
    const record = networkRecord(PLANS, (name) => (name === 'tele2' ? null : (pids.get(name) ?? null)), trust, {
      clean: { msisdn: '+77011234567' },
    });
    expect(record).toMatchObject({
      gateway: {
        url: 'http://127.0.0.1:4000/graphql',
        ready: 'http://127.0.0.1:4000/readyz',
        explorer: 'http://127.0.0.1:4000/',
      },
      subgraphs: {
        numbering: { url: 'http://127.0.0.1:4001/graphql', pid: 100, database: 'postgres://numbering@h/numbering' },
        operators: { kcell: { pid: 101 }, tele2: { pid: null } },
      },
      gatewayPid: 106,
      witnesses: { regulator: { url: 'http://127.0.0.1:4201/witness', pid: 105 } },
      trust,
      stories: { clean: { msisdn: '+77011234567' } },
    });
  });

  test('shows each program its own keys and nobody else’s, and the trust that all share', () => {
    const partyOf: Readonly<Record<string, string>> = { 'fraud-cases': 'afc', numbering: 'none', gateway: 'none' };
    for (const { name, environment } of PLANS) {
      const files = Object.values(environment).filter((value) => value.endsWith('.pem'));
      const party = partyOf[name] ?? name;
      for (const file of files) expect([name, file.startsWith(`/x/.local/keys/${party}/`)]).toEqual([name, true]);
      expect(new Set(files).size).toBe(files.length);
      expect([name, environment.TRUST_POLICY_FILE]).toEqual([
        name,
        party === 'none' ? undefined : '/x/.local/trust/policy.txt',
      ]);
    }
    expect(PLANS.find((plan) => plan.name === 'kcell')?.environment).toMatchObject({
      ACT_KEY_FILE: '/x/.local/keys/kcell/act.pem',
      RECEIPT_KEY_FILE: '/x/.local/keys/kcell/receipt.pem',
      WITNESS_KEY_FILE: '/x/.local/keys/kcell/witness.pem',
      WITNESS_STATE_DIR: '/x/.local/witness/kcell',
      LOG_URL: 'http://127.0.0.1:4002',
    });
    expect(PLANS.find((plan) => plan.name === 'fraud-cases')?.environment).toMatchObject({
      ACT_KEY_FILE: '/x/.local/keys/afc/act.pem',
      ORDER_KEY_FILE: '/x/.local/keys/afc/order.pem',
      LOG_KEY_FILE: '/x/.local/keys/afc/log.pem',
      LOG_LOCK_FILE: '/x/.local/log/last-checkpoint',
    });
  });

  test('names the parties of the joint log so that the ceremony takes them', () => {
    const origins = serviceOrigins(new Map(PLANS.map((plan) => [plan.name, plan.port])));
    const document = JSON.stringify(partiesDocument(['kcell', 'beeline', 'tele2'], origins));
    const parsed = parseParties(document);
    expect(parsed.ok && [parsed.value.bank, parsed.value.quorum, parsed.value.logUrl]).toEqual([
      'afc',
      3,
      'http://127.0.0.1:4002/log',
    ]);
    expect(parsed.ok && parsed.value.parties.map((party) => [party.code, party.witnessUrl])).toEqual([
      ['afc', null],
      ['kcell', 'http://127.0.0.1:4101/witness'],
      ['beeline', 'http://127.0.0.1:4102/witness'],
      ['tele2', 'http://127.0.0.1:4103/witness'],
      ['regulator', 'http://127.0.0.1:4201/witness'],
    ]);
  });
});
