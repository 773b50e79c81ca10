// Dishonest keepers, dishonest witnesses and broken networks, against a real log: what each costs, and who notices.

import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { leafHash } from '../../../shared/audit/hash';
import { EMPTY_TREE, growTree, rootOf } from '../../../shared/audit-log/growing-tree';
import { checkLog } from '../../../shared/audit-log/log-check';
import { signLogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import { originHash } from '../../../shared/audit-log/witness-client';
import { witnessRoutes } from '../../../shared/witness/witness-routes';
import { MemoryLog } from '../witness/memory-log';
import { actWithEvent, bankAuthor, draftOf, inTransaction, withoutTriggers } from './log-database';
import { LOG_KEY, ORIGIN } from './log-keys';
import { LogNetwork, until } from './log-network';
import { witnessesOf } from './tampering-campaign';

const open: LogNetwork[] = [];
async function network(options: { readonly start?: boolean } = {}): Promise<LogNetwork> {
  const made = await LogNetwork.open(options);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

async function finalActs(net: LogNetwork, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let act = 0; act < count; act += 1) ids.push(await net.act());
  for (const id of ids) await until('final', async () => (await net.stateOf(id)) === 'FINAL');
  return ids;
}

describe('a keeper that rewrites', () => {
  test('database, tiles and even its own last checkpoint: every honest witness contradicts it at the start', async () => {
    const net = await network();
    await finalActs(net, 4);
    await net.stopLog();
    let root: Uint8Array = new Uint8Array();
    await withoutTriggers(net.database.pool, async (client) => {
      await client.query('UPDATE audit.log_entry SET leaf = set_byte(leaf, 9, get_byte(leaf, 9) # 1) WHERE index = 2');
      const { rows } = await client.query<{ leaf: Buffer }>('SELECT leaf FROM audit.log_entry ORDER BY index');
      const { tree, changed } = growTree(
        EMPTY_TREE,
        rows.map((row) => leafHash(row.leaf)),
      );
      root = rootOf(tree);
      for (const tile of changed) await client.query('UPDATE audit.tile SET hashes = $1', [tile.hashes]);
      await client.query('UPDATE audit.log_state SET root = $1', [root]);
      for (const table of ['checkpoint_final', 'cosignature', 'checkpoint'])
        await client.query(`DELETE FROM audit.${table}`);
    });
    const forged = signLogCheckpoint({ origin: ORIGIN, size: 4n, root }, LOG_KEY);
    writeFileSync(join(net.folder, 'lock', 'last-checkpoint'), forged.note);
    net.startLog();
    await until('halted', () => net.log?.state() === 'HALTED');
    expect(net.alarms.map((alarm) => alarm.kind)).toContain('LOG_FORKED');
    await until('an audit by what witnesses kept', async () => {
      const [first] = await inTransaction(net.database.pool, (session) => checkLog(session, witnessesOf(net)));
      return first?.place === 'entry 2';
    });
  });

  test('that wiped everything and starts anew is contradicted by what witnesses hold', async () => {
    const net = await network();
    const backup = await net.database.copy();
    await finalActs(net, 3);
    await net.stopLog();
    await net.database.restore(backup);
    rmSync(join(net.folder, 'lock'), { recursive: true });
    net.startLog();
    await until('halted', () => net.log?.state() === 'HALTED');
    expect(net.alarms.map((alarm) => alarm.kind)).toContain('LOG_WENT_BACK');
  });

  test('and swaps two queued acts of one author is found by the chain', async () => {
    const net = await network({ start: false });
    const author = bankAuthor();
    await inTransaction(net.database.pool, async (session) => {
      for (let act = 0; act < 4; act += 1)
        await actWithEvent(session, author, draftOf('check.recorded', randomUUID(), { act }));
    });
    await withoutTriggers(net.database.pool, async (client) => {
      const { rows } = await client.query<{ act_id: string; leaf: Buffer }>(
        'DELETE FROM audit.pending RETURNING act_id, leaf',
      );
      for (const row of rows.toReversed()) {
        await client.query('INSERT INTO audit.pending (act_id, leaf) VALUES ($1, $2)', [row.act_id, row.leaf]);
      }
    });
    for (const name of ['kcell', 'beeline', 'tele2', 'regulator'] as const) net.startWitness(name);
    net.startLog();
    await until('final', async () => (await net.reads.newestCheckpoint())?.state === 'FINAL');
    await net.stopLog();
    const faults = await inTransaction(net.database.pool, (session) => checkLog(session, witnessesOf(net)));
    expect(faults[0]).toMatchObject({ code: 'CHAIN_WRONG', place: 'entry 0' });
  });

  test('shows two trees to two halves: at most one becomes final, and one look at each other proves it', async () => {
    const net = await network({ start: false });
    const [left, right] = [new MemoryLog(50), new MemoryLog(50, 20)];
    const kcell = net.openWitness('kcell');
    const beeline = net.openWitness('beeline');
    const tele2 = net.openWitness('tele2');
    for (const witness of [kcell, beeline, tele2]) witness.admit();
    const shownLeft = await Promise.all([kcell, beeline].map((witness) => witness.addCheckpoint(left.request(0, 50))));
    const shownRight = await tele2.addCheckpoint(right.request(0, 50));
    // The regulator's witness stands for one that signs whatever it is shown: with it, three lines on the left, two on the right.
    const lines = [
      shownLeft.filter((answer) => answer.status === 200).length + 1,
      Number(shownRight.status === 200) + 1,
    ];
    expect(lines.filter((count) => count >= net.policy.needed)).toHaveLength(1);
    await kcell.consider(tele2.newest()?.note ?? '');
    expect(net.witnessAlarms).toMatchObject([{ kind: 'LOG_EQUIVOCATED', witness: 'kcell' }]);
    for (const witness of [kcell, beeline, tele2]) await witness.close();
  });
});

describe('a witness that misbehaves costs its own line and nothing else', () => {
  const claims = (status: number, body: string) => async (_request: unknown, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'text/x.tlog.size' }).end(body);
    return true;
  };
  const never = (): Promise<boolean> => new Promise(() => {});
  test.each([
    ['claims to be ahead for ever', claims(409, '99999999\n'), 'WITNESS_CLAIM_UNPROVEN'],
    ['claims to be at zero for ever', claims(409, '0\n'), null],
    ['answers with rubbish', claims(200, 'thank you\n'), 'WITNESS_REFUSES'],
    ['answers with ten megabytes', claims(200, 'x'.repeat(10_000_000)), 'WITNESS_SILENT'],
    ['never answers', never, 'WITNESS_SILENT'],
    ['knows no such log', claims(404, 'no\n'), 'WITNESS_REFUSES'],
  ])('one that %s', async (_what, handler, alarm) => {
    const net = await network({ start: false });
    for (const name of ['kcell', 'beeline', 'regulator'] as const) net.startWitness(name);
    net.server('tele2').handler = handler;
    net.startLog({ witnessTimeoutMs: 300, silenceToleratedMs: 0 });
    const ids = await finalActs(net, 3);
    expect(ids).toHaveLength(3);
    expect(net.log?.state()).toBe('RUNNING');
    if (alarm !== null) await until('an alarm', () => net.alarms.some((each) => each.kind === alarm));
    expect(net.alarms.filter((each) => each.kind.startsWith('LOG_'))).toEqual([]);
  });

  test('one that hands out a cosignature of another checkpoint', async () => {
    const net = await network();
    await finalActs(net, 1);
    await net.stopWitness('tele2');
    const { rows } = await net.database.pool.query<{ line: string }>(
      `SELECT line FROM audit.cosignature WHERE witness = 'tele2'`,
    );
    net.server('tele2').handler = claims(200, rows[0]?.line ?? '');
    await finalActs(net, 2);
    await until('an alarm', () => net.alarms.some((alarm) => alarm.kind === 'WITNESS_REFUSES'));
    const stored = await net.database.pool.query(`SELECT size FROM audit.cosignature WHERE witness = 'tele2'`);
    expect(stored.rows).toHaveLength(1);
  });
});

describe('a witness by HTTP', () => {
  test('refuses bodies that are too large and methods it does not know, and says nothing before it has something to say', async () => {
    const net = await network({ start: false });
    const { witness } = net.startWitness('kcell');
    const { url } = net.server('kcell');
    net.server('kcell').handler = witnessRoutes(witness, net.policy, '/w');
    const post = (body: string): Promise<Response> => fetch(`${url}/w/add-checkpoint`, { method: 'POST', body });
    expect((await post('x'.repeat(70_000))).status).toBe(413);
    expect((await post('old 0\n')).status).toBe(400);
    expect((await fetch(`${url}/w/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${url}/w/${originHash(ORIGIN)}/checkpoint`)).status).toBe(404);
  });
});
