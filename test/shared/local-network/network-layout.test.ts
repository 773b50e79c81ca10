// Who listens where, with which database, and what the files of a network say.

import { describe, expect, test } from '@jest/globals';
import { DEMO_OPERATORS } from '../../../shared/local-network/demo-data/demo-operator';
import { localFolder } from '../../../shared/local-network/local-folder';
import {
  databaseOwners,
  layOut,
  networkRecord,
  operatorsDocument,
  preferredPort,
  serviceNames,
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
    });
  });

  test('tells a service its own database and nobody else’s', () => {
    for (const plan of PLANS) {
      const known = Object.values(plan.environment).filter((value) => value.startsWith('postgres://'));
      expect(known).toEqual(plan.name === 'gateway' ? [] : [`postgres://${plan.name}@h/${plan.name}`]);
    }
  });

  test('writes a directory that programs can read', () => {
    const parsed = parseOperatorDirectory(JSON.stringify(operatorsDocument(DEMO_OPERATORS, PLANS)));
    expect(parsed.ok && parsed.value.operators.map(({ code, endpoint }) => [code, endpoint])).toEqual([
      ['kcell', 'http://127.0.0.1:4101/graphql'],
      ['beeline', 'http://127.0.0.1:4102/graphql'],
      ['tele2', 'http://127.0.0.1:4103/graphql'],
    ]);
  });

  test('records the network under the names that others rely on', () => {
    const pids = new Map(NAMES.map((name, index) => [name, 100 + index]));
    const record = networkRecord(PLANS, (name) => (name === 'tele2' ? null : (pids.get(name) ?? null)), {
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
      gatewayPid: 105,
      stories: { clean: { msisdn: '+77011234567' } },
    });
  });
});
