// A partitioned subgraph through the bare gateway: who is called, how often, with what, and what becomes of mutations.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startBareGateway } from '../../../gateway/bare-server';
import type { Edge } from '../../../gateway/edge/listen';
import {
  executeHonestly,
  operatorSchema,
  startWorld,
  startWorldServer,
  WORLD_OPERATORS,
  type World,
  worldNumber,
} from '../../support/contract-world';

let world: World;
let gateway: Edge;

beforeAll(async () => {
  world = await startWorld(WORLD_OPERATORS);
  gateway = await startGateway();
});

afterAll(async () => {
  await gateway.stop();
  await world.close();
});

beforeEach(() => {
  for (const server of Object.values(world.servers)) server.calls.length = 0;
});

function startGateway(changed: Readonly<Record<string, string>> = {}, deadlineMs = 2_000): Promise<Edge> {
  const operator = Object.fromEntries(WORLD_OPERATORS.map((name) => [name, world.servers[name]?.url ?? '']));
  const partitions = { operator: { ...operator, ...changed } };
  return startBareGateway({ sdl: world.supergraph, partitions, host: '127.0.0.1', port: 0, deadlineMs });
}

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: Record<string, unknown> }[];
}

async function ask(query: string, variables: object = {}, at = gateway): Promise<Answer> {
  const response = await fetch(`${at.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const callsOf = (name: string) => world.servers[name]?.calls ?? [];
const counts = () => Object.fromEntries(Object.entries(world.servers).map(([name, { calls }]) => [name, calls.length]));
const codesOf = (answer: Answer) =>
  (answer.errors ?? []).map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`);

describe('a number', () => {
  test('is asked of the operator that serves it, once, and of no other', async () => {
    const msisdn = worldNumber('beeline', 7);
    const answer = await ask(
      'query($m:Msisdn!){phoneNumber(msisdn:$m){tenures{risk{level}} currentTenure{contract{id}} blockStatus{state}}}',
      {
        m: msisdn,
      },
    );
    expect(answer.errors).toBeUndefined();
    expect(counts()).toEqual({ numbering: 1, 'fraud-cases': 1, kcell: 0, beeline: 1, tele2: 0 });
  });

  test('among many is answered by its own operator, a thousand times out of a thousand', async () => {
    for (let batch = 0; batch < 10; batch += 1) {
      const msisdns = Array.from({ length: 100 }, (_, index) =>
        worldNumber(WORLD_OPERATORS[(index * 7 + batch) % 3] ?? 'kcell', batch * 100 + index),
      );
      const { data } = await ask(
        'query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){msisdn currentTenure{contract{subscriber{maskedName}}}}}',
        {
          m: msisdns,
        },
      );
      expect(data).toEqual({
        phoneNumbers: msisdns.map((msisdn) => ({
          msisdn,
          currentTenure: { contract: { subscriber: { maskedName: `Name ${msisdn.slice(-7)}` } } },
        })),
      });
    }
    expect(counts()).toEqual({ numbering: 10, 'fraud-cases': 0, kcell: 10, beeline: 10, tele2: 10 });
    for (const name of WORLD_OPERATORS) {
      const asked = callsOf(name).flatMap(({ variables }) => variables.representations as { operatorCode: string }[]);
      expect(new Set(asked.map(({ operatorCode }) => operatorCode))).toEqual(new Set([name]));
    }
  });

  test('of an operator that nobody knows is not routable, and no other is', async () => {
    const partial = await startBareGateway({
      sdl: world.supergraph,
      partitions: { operator: { kcell: world.servers.kcell?.url ?? '' } },
      host: '127.0.0.1',
      port: 0,
    });
    try {
      const answer = await ask(
        'query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{risk{level} simSwap{swapped}} blockStatus{state}}}',
        { m: [worldNumber('kcell', 1), worldNumber('tele2', 2)] },
        partial,
      );
      expect(answer.data?.phoneNumbers).toMatchObject([
        { currentTenure: { risk: { level: 'LOW' } }, blockStatus: { state: 'BLOCKED' } },
        { currentTenure: { risk: null, simSwap: null }, blockStatus: { state: 'BLOCKED' } },
      ]);
      expect(codesOf(answer).sort()).toEqual([
        'phoneNumbers.1.currentTenure.risk NOT_ROUTABLE',
        'phoneNumbers.1.currentTenure.simSwap NOT_ROUTABLE',
      ]);
    } finally {
      await partial.stop();
    }
  });

  test('is asked with the id of the request and the instant by which it must be answered', async () => {
    const requestId = '0b7ad3f6-9c0e-4d6c-8e0c-0a4c8f6f6f10';
    const begun = Date.now();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': requestId,
        'afc-deadline': 'never',
        'afc-context': 'mine',
        cookie: 'x',
      },
      body: JSON.stringify({
        query: 'query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{risk{level}}}}',
        variables: { m: worldNumber('tele2', 3) },
      }),
    });
    expect(response.headers.get('x-request-id')).toBe(requestId);
    const [call] = callsOf('tele2');
    expect(call?.headers['x-request-id']).toBe(requestId);
    expect(call?.headers.cookie).toBeUndefined();
    expect(call?.headers['afc-context']).toBeUndefined();
    const deadline = Date.parse(String(call?.headers['afc-deadline']));
    expect(deadline).toBeGreaterThan(begun);
    expect(deadline).toBeLessThanOrEqual(begun + 2_500);
  });
});

describe('a person', () => {
  test('has the lines of every operator, and what one of them invents for another is dropped', async () => {
    const query =
      '{person(iin:"900101300007"){holdings{operatorCode activeLineCount tenures{msisdn operatorCode contract{id}}}}}';
    const { data, errors } = await ask(query);
    expect(errors).toBeUndefined();
    const { holdings } = (data?.person ?? {}) as {
      holdings: { operatorCode: string; tenures: { operatorCode: string }[] }[];
    };
    expect(holdings.map(({ operatorCode }) => operatorCode)).toEqual(WORLD_OPERATORS);
    for (const { operatorCode, tenures } of holdings) {
      expect(tenures.map((tenure) => tenure.operatorCode)).toEqual([operatorCode, operatorCode]);
    }

    // An operator that runs on another's rows: its holdings name itself, its tenures the other.
    const schema = operatorSchema('tele2');
    const usurper = await startWorldServer(async (call, _request, response) => {
      const told = JSON.stringify(await executeHonestly(schema, call)).replaceAll('"tele2"', '"kcell"');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(told.replace(/"senim__k1":"kcell"/, '"senim__k1":"tele2"'));
    });
    const deceived = await startGateway({ tele2: usurper.url });
    try {
      const answer = await ask(query, {}, deceived);
      const { holdings } = (answer.data?.person ?? {}) as { holdings: Record<string, unknown>[] };
      const [kcell, , tele2] = holdings;
      expect(kcell?.tenures).toHaveLength(2);
      expect(tele2).toMatchObject({ operatorCode: 'tele2', activeLineCount: 2, tenures: null });
      expect(codesOf(answer)).toEqual(['person.holdings.2.tenures.0 OPERATOR_BAD_RESPONSE']);
    } finally {
      await deceived.stop();
      await usurper.close();
    }
  });
});

describe('a mutation', () => {
  const MUTATION = 'mutation($to:ID!){executeBlockOrder(operatorCode:$to,order:"o1"){orderId receipt}}';

  test('goes to the operator that its argument names, by variable or literal', async () => {
    const byVariable = await ask(MUTATION, { to: 'beeline' });
    expect(byVariable.data).toEqual({ executeBlockOrder: { orderId: 'o1', receipt: 'receipt of beeline for o1' } });
    const byLiteral = await ask('mutation{executeBlockOrder(operatorCode:"tele2",order:"o2"){receipt}}');
    expect(byLiteral.data).toEqual({ executeBlockOrder: { receipt: 'receipt of tele2 for o2' } });
    expect(counts()).toEqual({ numbering: 0, 'fraud-cases': 0, kcell: 0, beeline: 1, tele2: 1 });
  });

  test('to an operator that nobody knows is not routable, and nobody is called', async () => {
    const answer = await ask(MUTATION, { to: 'nobody' });
    expect(answer.data).toEqual({ executeBlockOrder: null });
    expect(codesOf(answer)).toEqual(['executeBlockOrder NOT_ROUTABLE']);
    expect(counts()).toEqual({ numbering: 0, 'fraud-cases': 0, kcell: 0, beeline: 0, tele2: 0 });
  });

  test('is never sent twice, and has more time than a read', async () => {
    let calls = 0;
    const slow = await startWorldServer(async (_call, request, response) => {
      calls += 1;
      if (calls === 1) {
        request.socket.resetAndDestroy();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 600));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"data":{"executeBlockOrder":{"orderId":"o1","receipt":"late"}}}');
    });
    const hasty = await startGateway({ kcell: slow.url }, 400);
    try {
      expect(codesOf(await ask(MUTATION, { to: 'kcell' }, hasty))).toEqual(['executeBlockOrder OPERATOR_UNAVAILABLE']);
      expect(calls).toBe(1);
      expect((await ask(MUTATION, { to: 'kcell' }, hasty)).data).toEqual({
        executeBlockOrder: { orderId: 'o1', receipt: 'late' },
      });
      expect(calls).toBe(2);
    } finally {
      await hasty.stop();
      await slow.close();
    }
  });
});

describe('an operator that keeps failing', () => {
  test('is given rest, while the others are asked as before', async () => {
    let calls = 0;
    const broken = await startWorldServer(async (_call, _request, response) => {
      calls += 1;
      response.writeHead(503).end();
    });
    const tired = await startGateway({ kcell: broken.url });
    try {
      const m = [worldNumber('kcell', 1), worldNumber('beeline', 1)];
      for (let request = 0; request < 60; request += 1) {
        const { data } = await ask(
          'query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{risk{level}}}}',
          { m },
          tired,
        );
        expect(data?.phoneNumbers).toEqual([
          { currentTenure: { risk: null } },
          { currentTenure: { risk: { level: 'LOW' } } },
        ]);
      }
      expect(calls).toBe(20);
      expect(callsOf('beeline')).toHaveLength(60);
    } finally {
      await tired.stop();
      await broken.close();
    }
  });
});
