// The stories on the running network: real processes, real tokens, orders that operators really execute, and evidence that verifies afterwards.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyBundle } from '../../shared/audit/bundle';
import { parseBundle } from '../../shared/audit/bundle-format';
import { localFolder } from '../../shared/local-network/local-folder';
import { PLAYBILL } from '../../shared/local-network/stories/playbill';
import { createStage, type Stage } from '../../shared/local-network/stories/stage';
import { startTestNetwork, type TestNetwork } from '../support/network';

let network: TestNetwork;
let court = '';

beforeAll(async () => {
  network = await startTestNetwork();
  court = mkdtempSync(join(tmpdir(), 'senim-stories-'));
}, 180_000);

afterAll(async () => {
  await network?.stop();
  if (court !== '') rmSync(court, { recursive: true, force: true });
}, 60_000);

/** A stage whose narrator writes everything down. */
function stageFor(lines: string[]): Stage {
  return createStage(network.record(), localFolder(network.folder), {
    tell: (sentence) => lines.push(sentence),
    act: (who, what) => lines.push(`${who}: ${what}`),
    see: (what) => lines.push(`seen: ${what}`),
  });
}

it.each(PLAYBILL)(
  'story $number: $title',
  async ({ play }) => {
    const lines: string[] = [];
    await play(stageFor(lines));
    expect(lines.filter((line) => line.startsWith('seen: ')).length).toBeGreaterThan(1);
  },
  180_000,
);

it('leaves evidence of a decided story that verifies: decision, order, delivery and enforcement, each by its author', async () => {
  const lines: string[] = [];
  const stage = stageFor(lines);
  // As the supervisor: a case that nobody took up shows its orders to no investigator.
  const data = await stage.ask('supervisor-1', {
    document:
      '{ fraudCases(first: 20, filter: { states: [DECIDED] }) { nodes { id openedAt blockOrders { operatorCode state } } } }',
  });
  const cases = (data.fraudCases as { nodes: { id: string; blockOrders: { operatorCode: string; state: string }[] }[] })
    .nodes;
  const moved = cases.find(
    ({ blockOrders }) =>
      blockOrders
        .map(({ state }) => state)
        .sort()
        .join() === 'ENFORCED,SUPERSEDED',
  );
  const file = join(court, 'moved.json');
  const exported = await network.command('audit-export', '--case', moved?.id ?? '', '--out', file);
  expect([exported.exitCode, exported.stderr]).toEqual([0, '']);
  const { trust } = network.record();
  const report = verifyBundle({
    bundle: readFileSync(file),
    policy: readFileSync(trust.policy),
    root: readFileSync(trust.root),
    notBefore: null,
  });
  expect(report.verdict).toBe('VALID');
  expect(report.acts.map(({ act }) => `${act.author} ${act.kind}`)).toEqual(
    expect.arrayContaining([
      'afc decision.proposed',
      'afc decision.approved',
      'afc block.ordered',
      'kcell block.failed',
      'afc block.reissued',
      'afc block.superseded',
      'afc block.delivered',
      'afc block.acknowledged',
      'tele2 block.enforced',
      'afc act.received',
    ]),
  );
  expect(parseBundle(readFileSync(file)).entries.length).toBeGreaterThanOrEqual(17);
}, 120_000);

it('plays by its command, and names what there is', async () => {
  const played = await network.command('story', '3');
  expect([played.exitCode, played.stderr]).toEqual([0, '']);
  expect(played.stdout).toMatch(/together they are 12, over the cap of 10/);
  const unknown = await network.command('story', '11');
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    2,
    'There is no such story; there are 1, 2, 3, 4, 5, 6, 7, 9, 10.\n',
  ]);
});
