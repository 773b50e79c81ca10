// Who listens where, with which database, and what the files of a network say.

import { describe, expect, test } from '@jest/globals';
import { parseParties } from '../../../shared/ceremony/parties';
import { DEMO_OPERATORS } from '../../../shared/local-network/demo-data/demo-operator';
import { clientsDocument, keyHolders } from '../../../shared/local-network/identity-layout';
import { partiesDocument } from '../../../shared/local-network/joint-log-layout';
import { localFolder } from '../../../shared/local-network/local-folder';
import {
  bankVariables,
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

/** An address for the log, without which its document is not one. */
const LOG = { logUrl: 'http://127.0.0.1:4002/log', parties: [{ code: 'afc', keys: ['log'], witnessUrl: null }] };

const MACHINES = [
  'operator-kcell',
  'operator-beeline',
  'operator-tele2',
  'bank-1',
  'bank-2',
  'portal-1',
  'afc-dispatcher',
];

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
      identity: 4003,
    });
  });

  test('tells a service its own database and nobody else’s', () => {
    for (const plan of PLANS) {
      const known = Object.values(plan.environment).filter((value) => value.startsWith('postgres://'));
      expect(known).toEqual(plan.database === null ? [] : [`postgres://${plan.name}@h/${plan.name}`]);
      expect(plan.database === null).toBe(['gateway', 'identity', 'regulator'].includes(plan.name));
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
      stories: { clean: { msisdn: '+77011234567' } },
      spares: { kcell: ['+77011234568'] },
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
      gatewayPid: 107,
      identity: { issuer: 'http://127.0.0.1:4003', tokenEndpoint: 'http://127.0.0.1:4003/token', pid: 106 },
      witnesses: { regulator: { url: 'http://127.0.0.1:4201/witness', pid: 105 } },
      trust,
      stories: { clean: { msisdn: '+77011234567' } },
      spares: { kcell: ['+77011234568'] },
    });
  });

  test('shows each program its own keys and nobody else’s, and the trust that all share', () => {
    const holdersOf: Readonly<Record<string, readonly string[]>> = {
      'fraud-cases': ['afc', 'afc-dispatcher'],
      numbering: ['afc-numbering'],
      gateway: ['afc-gateway'],
      identity: [],
    };
    const seen = new Map<string, string>();
    for (const { name, environment } of PLANS) {
      const files = Object.values(environment).filter((value) => /\.(?:pem|key)$/.test(value));
      const holders = holdersOf[name] ?? [name];
      for (const file of files) {
        expect([name, holders.some((holder) => file.startsWith(`/x/.local/keys/${holder}/`))]).toEqual([name, true]);
        expect([file, seen.get(file)]).toEqual([file, undefined]);
        seen.set(file, name);
      }
      expect([name, environment.TRUST_POLICY_FILE]).toEqual([
        name,
        ['numbering', 'gateway', 'identity'].includes(name) ? undefined : '/x/.local/trust/policy.txt',
      ]);
      expect([name, environment.TRUST_ROOT_FILE]).toEqual([
        name,
        ['regulator', 'gateway', 'identity'].includes(name) ? undefined : '/x/.local/trust/root.json',
      ]);
    }
    expect(PLANS.find((plan) => plan.name === 'kcell')?.environment).toMatchObject({
      ACT_KEY_FILE: '/x/.local/keys/kcell/act.pem',
      RECEIPT_KEY_FILE: '/x/.local/keys/kcell/receipt.pem',
      RESPONSE_KEY_FILE: '/x/.local/keys/kcell/response.pem',
      WITNESS_KEY_FILE: '/x/.local/keys/kcell/witness.pem',
      WITNESS_STATE_DIR: '/x/.local/witness/kcell',
      LOG_URL: 'http://127.0.0.1:4002',
    });
    expect(PLANS.find((plan) => plan.name === 'fraud-cases')?.environment).toMatchObject({
      ACT_KEY_FILE: '/x/.local/keys/afc/act.pem',
      ORDER_KEY_FILE: '/x/.local/keys/afc/order.pem',
      GRANT_KEY_FILE: '/x/.local/keys/afc/grant.pem',
      LOG_KEY_FILE: '/x/.local/keys/afc/log.pem',
      LOG_LOCK_FILE: '/x/.local/log/last-checkpoint',
    });
  });

  test('tells gateway and fraud cases whose tokens count, and each its own part of signing in', () => {
    const environmentOf = (name: string) => PLANS.find((plan) => plan.name === name)?.environment ?? {};
    const issuer = { ISSUER_URL: 'http://127.0.0.1:4003', TOKEN_AUDIENCE: 'senim' };
    expect(environmentOf('gateway')).toMatchObject({
      ...issuer,
      GATEWAY_KEY_FILE: '/x/.local/keys/afc-gateway/gateway.pem',
      PSEUDONYM_KEY_FILE: '/x/.local/keys/afc-gateway/pseudonym.key',
    });
    expect(environmentOf('fraud-cases')).toMatchObject({
      ...issuer,
      TOKEN_ENDPOINT: 'http://127.0.0.1:4003/token',
      GATEWAY_URL: 'http://127.0.0.1:4000/graphql',
      DISPATCHER_KEY_FILE: '/x/.local/keys/afc-dispatcher/client.pem',
      CURSOR_KEY_FILE: '/x/.local/keys/afc/cursor.key',
      DISCLOSURE_KEY_FILE: '/x/.local/keys/afc/disclosure.key',
      BUDGETS_FILE: '/x/.local/budgets.json',
      WEBHOOK_KEY_FILE: '/x/.local/keys/afc/webhook.pem',
    });
    expect(environmentOf('identity')).toMatchObject({
      PORT: '4003',
      TOKEN_AUDIENCE: 'senim',
      IDENTITY_KEYS_DIR: '/x/.local/keys/identity',
      IDENTITY_CLIENTS_FILE: '/x/.local/clients.json',
    });
    for (const name of ['kcell', 'numbering', 'regulator'])
      expect(environmentOf(name)).not.toHaveProperty('ISSUER_URL');
  });

  test('gives a command that works beside the fraud cases what the service itself is given', () => {
    const record = networkRecord(PLANS, () => null, { policy: 'p', root: 'r' }, { stories: {}, spares: {} });
    const { LOG_LEVEL: _, ...served } = PLANS.find((plan) => plan.name === 'fraud-cases')?.environment ?? {};
    expect(bankVariables(localFolder('/x/.local'), record)).toEqual(served);
  });

  test('names everybody who holds a key that no root names, in a document that the ceremony takes', () => {
    const parsed = parseParties(
      JSON.stringify({ ...partiesDocument(['kcell'], new Map()), ...LOG, others: keyHolders() }),
    );
    const others = (parsed.ok ? parsed.value.others : null) ?? [];
    expect(others.flatMap(({ code, keys, secrets }) => [...keys, ...secrets].map((name) => `${code}/${name}`))).toEqual(
      [
        'afc/webhook',
        'afc/cursor',
        'afc/disclosure',
        'afc-gateway/pseudonym',
        'identity/signing-1',
        'demo-cli/client',
        ...MACHINES.map((name) => `${name}/client`),
      ],
    );
    const keys = Object.fromEntries(['demo-cli', ...MACHINES].map((name) => [name, { client: `key of ${name}` }]));
    expect(clientsDocument({ ...keys, kcell: { act: 'x' } })).toEqual(
      Object.fromEntries(['demo-cli', ...MACHINES].map((name) => [name, `key of ${name}`])),
    );
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
