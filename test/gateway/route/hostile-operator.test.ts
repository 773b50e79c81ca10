// Every lie and fault of the catalogue, told by one operator through real HTTP to a real gateway: alone and among honest operators, for
// one row, two and fifty. Whatever it does costs its own fields and nothing else.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startBareGateway } from '../../../gateway/bare-server';
import type { Edge } from '../../../gateway/edge/listen';
import { startWorld, type World } from '../../support/contract-world';
import { HOSTILE_QUERY, hostileNumbers, judgeAnswer } from '../../support/hostile-answer';
import { type HostileOperator, LIES, startHostileOperator } from '../../support/hostile-operator';

const DEADLINE_MS = 1_000;
/** For whatever is not about time: a busy machine is no finding. */
const PATIENT_MS = 10_000;
const ASKED = [1, 2, 50].flatMap((rows) => [false, true].map((withOthers) => ({ rows, withOthers })));

let world: World;
let liar: HostileOperator;
let patient: Edge;
const figures = { answers: 0, wrong: 0, foreign: 0, leaks: 0, slowestMs: 0 };

beforeAll(async () => {
  world = await startWorld(['beeline', 'tele2']);
  liar = await startHostileOperator('kcell');
  patient = await startGateway(liar.url, PATIENT_MS);
});

afterAll(async () => {
  await patient.stop();
  await Promise.all([world.close(), liar.close()]);
  process.stdout.write(`hostile operator: ${JSON.stringify({ ...figures, deadlineMs: DEADLINE_MS })}\n`);
});

/** A gateway whose breaker knows nothing of the lies before. */
function startGateway(kcell = liar.url, deadlineMs = DEADLINE_MS): Promise<Edge> {
  const { beeline, tele2 } = world.servers;
  const operator = { kcell, beeline: beeline?.url ?? '', tele2: tele2?.url ?? '' };
  return startBareGateway({
    sdl: world.supergraph,
    partitions: { operator },
    host: '127.0.0.1',
    port: 0,
    deadlineMs,
  });
}

async function ask(gateway: Edge, msisdns: readonly string[]): Promise<string> {
  const begun = performance.now();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: HOSTILE_QUERY, variables: { msisdns } }),
  });
  const body = await response.text();
  figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - begun));
  expect(response.status).toBe(200);
  return body;
}

async function askAllWays(gateway: Edge, lie: (typeof LIES)[string]): Promise<void> {
  // The first question pays for planning; the deadline is for what is planned.
  const kept = liar.lie;
  liar.lie = null;
  await ask(gateway, hostileNumbers(1, true));
  liar.lie = kept;
  for (const { rows, withOthers } of lie.expect.includes('OPERATOR_TIMEOUT') ? ASKED.slice(-2) : ASKED) {
    const msisdns = hostileNumbers(rows, withOthers);
    const verdict = judgeAnswer(await ask(gateway, msisdns), msisdns, 'kcell', lie.expect, lie.lost);
    figures.answers += 1;
    figures.wrong += verdict.wrong.length;
    figures.foreign += verdict.foreign.length;
    figures.leaks += verdict.leaks.length;
    expect({ rows, withOthers, ...verdict }).toEqual({
      rows,
      withOthers,
      wrong: [],
      foreign: [],
      leaks: [],
      untold: [],
    });
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

describe('an operator that', () => {
  test('is honest is shown whole', async () => {
    const gateway = await startGateway(liar.url, PATIENT_MS);
    liar.lie = null;
    try {
      await askAllWays(gateway, { expect: 'VALUES', act: () => undefined });
    } finally {
      await gateway.stop();
    }
  });

  test('has its port closed (F01) costs its own fields', async () => {
    const gateway = await startGateway('http://127.0.0.1:9/graphql', PATIENT_MS);
    try {
      await ask(gateway, hostileNumbers(1, false));
      const msisdns = hostileNumbers(2, true);
      const verdict = judgeAnswer(await ask(gateway, msisdns), msisdns, 'kcell', ['OPERATOR_UNAVAILABLE'], undefined);
      expect(verdict).toEqual({ wrong: [], foreign: [], leaks: [], untold: [] });
    } finally {
      await gateway.stop();
    }
  });

  test.each(Object.keys(LIES))('lies or fails so costs its own fields: %s', async (name) => {
    const lie = LIES[name];
    if (lie === undefined) throw new Error('The lie must be known.');
    // Silence and refusal open the breaker; a lie does not, so that lies may share a gateway.
    const failing = ['OPERATOR_TIMEOUT', 'OPERATOR_UNAVAILABLE'].some((code) => lie.expect.includes(code));
    const gateway = failing
      ? await startGateway(liar.url, lie.expect.includes('OPERATOR_TIMEOUT') ? DEADLINE_MS : PATIENT_MS)
      : patient;
    liar.lie = name;
    try {
      await askAllWays(gateway, lie);
    } finally {
      liar.lie = null;
      if (failing) await gateway.stop();
    }
  });
});
