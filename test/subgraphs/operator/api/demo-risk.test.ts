// The demo's stories as each operator rates them, over HTTP: what must stand out does, and what only looks alike does not.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DemoStories, generateDemo } from '../../../../shared/local-network/demo-data/demo';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { grantedReader } from '../../../support/granted-reader';
import { createOperatorDatabase, type OperatorDatabase, serveOperator } from '../operator-fixture';

const demo = generateDemo({ scale: 0, asOfMs: Date.now() });
const running: { readonly service: RunningService; readonly database: OperatorDatabase }[] = [];
/** Level of every number's last tenure that runs. */
const levels = new Map<string, string>();

beforeAll(async () => {
  for (const { code } of demo.operators) {
    const database = await createOperatorDatabase(demo.operatorFacts(code), code);
    const service = await serveOperator(database.url, code);
    running.push({ service, database });
    const keys = [...demo.operatorFacts(code)].flatMap((fact) =>
      fact.kind === 'tenure' && fact.until === null
        ? [{ msisdn: fact.msisdn, since: fact.since, operatorCode: code }]
        : [],
    );
    for (let at = 0; at < keys.length; at += 100) {
      const answer = await grantedReader(service.url, code).entities(
        'OperatorTenure',
        'msisdn risk { level }',
        keys.slice(at, at + 100),
      );
      for (const one of answer)
        levels.set(String(one?.msisdn), (one?.risk as { level: string } | null)?.level ?? 'none');
    }
  }
}, 60_000);
afterAll(async () => {
  for (const { service, database } of running) {
    await service.stop();
    await database.close();
  }
});

it.each<[keyof DemoStories, RegExp]>([
  ['simBox', /^(HIGH|VERY_HIGH)$/],
  ['bulkSms', /^HIGH$/],
  ['blocked', /^HIGH$/],
  ['callCentre', /^(LOW|MEDIUM)$/],
  ['clean', /^LOW$/],
  ['ported', /^LOW$/],
  ['corporate', /^LOW$/],
  ['recycled', /^LOW$/],
])('%s rates %s', (story, expected) => {
  const told = demo.stories[story];
  expect(levels.get('msisdn' in told ? told.msisdn : '')).toMatch(expected);
});
