// What somebody who owns the database can do to it, with every trigger off: edit, delete, swap, cut the tail, rebuild, restore. Each way says
// where an audit has to point first.

import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { leafHash } from '../../../shared/audit/hash';
import { leafData } from '../../../shared/audit/leaf';
import { EMPTY_TREE, growTree, rootOf } from '../../../shared/audit-log/growing-tree';
import type { LogFault } from '../../../shared/audit-log/log-check';
import type { Random } from './random';

/** What was done, and whether a first fault points at it. */
export interface Tampering {
  readonly what: string;
  readonly isNamed: (first: LogFault) => boolean;
}

type Tamper = (client: PoolClient, random: Random) => Promise<Tampering>;

/** Every way, by its name. */
export const TAMPERINGS: Readonly<Record<string, Tamper>> = {
  async editEntry(client, random) {
    const { index } = await anEntry(client, random);
    await client.query('UPDATE audit.log_entry SET leaf = set_byte(leaf, 9, get_byte(leaf, 9) # 1) WHERE index = $1', [
      index,
    ]);
    return at(`entry ${index} edited`, index);
  },
  async deleteEntry(client, random) {
    const { index } = await anEntry(client, random);
    await client.query('DELETE FROM audit.log_entry WHERE index = $1', [index]);
    return at(`entry ${index} deleted`, index);
  },
  async swapEntries(client, random) {
    const [left, right] = await twoEntries(client, random);
    await swap(client, left, right);
    return at(`entries ${left.index} and ${right.index} swapped`, left.index);
  },
  async swapEntriesAndRebuild(client, random) {
    const [left, right] = await twoEntries(client, random);
    await swap(client, left, right);
    await rebuild(client);
    return at(`entries ${left.index} and ${right.index} swapped, tiles rebuilt`, left.index);
  },
  async editEntryAndRebuild(client, random) {
    const entry = await anEntry(client, random);
    const leaf = Buffer.from(entry.leaf);
    leaf.writeUInt8(leaf.readUInt8(20) ^ 0x10, 20);
    await client.query('UPDATE audit.log_entry SET leaf = $2 WHERE index = $1', [entry.index, leaf]);
    await client.query('UPDATE audit.act SET leaf = $2 WHERE id = $1', [entry.act_id, leaf]);
    await rebuild(client);
    return at(`entry ${entry.index} and its act edited, tiles rebuilt`, entry.index);
  },
  async replaceActAndRebuild(client, random) {
    const entry = await anOpenEntry(client, random);
    const { rows } = await client.query<{ jws: Buffer; salt: Buffer }>(
      'SELECT jws, salt FROM audit.opening WHERE act_id = $1',
      [entry.act_id],
    );
    const jws = rows[0]?.jws.toString('latin1').replace(/.{4}$/, 'AAAA') ?? '';
    const leaf = leafData(rows[0]?.salt ?? Buffer.alloc(32), jws);
    await client.query('UPDATE audit.opening SET jws = $2 WHERE act_id = $1', [entry.act_id, Buffer.from(jws)]);
    await client.query('UPDATE audit.act SET leaf = $2 WHERE id = $1', [entry.act_id, leaf]);
    await client.query('UPDATE audit.log_entry SET leaf = $2 WHERE index = $1', [entry.index, leaf]);
    await rebuild(client);
    return at(`act at ${entry.index} replaced, everything rebuilt`, entry.index);
  },
  async cutTail(client, random) {
    const { index } = await anEntry(client, random);
    await client.query('DELETE FROM audit.log_entry WHERE index >= $1', [index]);
    return at(`tail cut at ${index}`, index);
  },
  async cutTailAndRebuild(client, random) {
    const { index } = await anEntry(client, random);
    for (const table of ['opening', 'disclosure', 'snapshot', 'erasure']) {
      await client.query(
        `DELETE FROM audit.${table} WHERE act_id IN (SELECT act_id FROM audit.log_entry WHERE index >= $1)`,
        [index],
      );
    }
    await client.query('DELETE FROM audit.act WHERE id IN (SELECT act_id FROM audit.log_entry WHERE index >= $1)', [
      index,
    ]);
    await client.query('DELETE FROM audit.log_entry WHERE index >= $1', [index]);
    await client.query('DELETE FROM audit.checkpoint_final WHERE size > $1', [index]);
    await client.query('DELETE FROM audit.cosignature WHERE size > $1', [index]);
    await client.query('DELETE FROM audit.checkpoint WHERE size > $1', [index]);
    await rebuild(client);
    return at(`tail cut at ${index} with all that belongs to it`, index);
  },
  async addEntry(client) {
    const { rows } = await client.query<{ size: string }>('SELECT count(*) AS size FROM audit.log_entry');
    const size = rows[0]?.size ?? '0';
    const leaf = Buffer.concat([Buffer.of(1), Buffer.alloc(32, 7)]);
    await client.query('INSERT INTO audit.log_entry (index, leaf, act_id) VALUES ($1, $2, $3)', [
      size,
      leaf,
      randomUUID(),
    ]);
    await rebuild(client);
    return at(`entry ${size} made up`, size);
  },
  async editTile(client, random) {
    const { index } = await anEntry(client, random);
    const place = Number(BigInt(index) % 256n) * 32 + random.below(32);
    await client.query(
      'UPDATE audit.tile SET hashes = set_byte(hashes, $2, get_byte(hashes, $2) # 4) WHERE level = 0 AND n = $1',
      [(BigInt(index) / 256n).toString(), place],
    );
    return at(`hash ${index} edited in its tile`, index);
  },
  async editUpperTile(client, random) {
    const { rows } = await client.query<{ width: number }>(
      'SELECT octet_length(hashes) / 32 AS width FROM audit.tile WHERE level = 1',
    );
    const hash = random.below(rows[0]?.width ?? 1);
    await client.query(
      'UPDATE audit.tile SET hashes = set_byte(hashes, $1, get_byte(hashes, $1) # 4) WHERE level = 1',
      [hash * 32],
    );
    return {
      what: `hash ${hash} of level 1 edited`,
      isNamed: (first) => first.place === 'tile 1/0' && first.index === BigInt(hash * 256),
    };
  },
  async deleteTile(client, random) {
    const { index } = await anEntry(client, random);
    const n = BigInt(index) / 256n;
    await client.query('DELETE FROM audit.tile WHERE level = 0 AND n = $1', [n.toString()]);
    return at(`tile 0/${n} deleted`, (n * 256n).toString());
  },
  async editAct(client, random) {
    const { act_id, place } = await anAct(client, random);
    const change = random.pick([
      `kind = 'block.ordered'`,
      `at = at + interval '1 day'`,
      'case_id = gen_random_uuid()',
      'seq = seq + 100000',
      `author = 'beeline'`,
      'chain = chain + 17',
    ]);
    await client.query(`UPDATE audit.act SET ${change} WHERE id = $1`, [act_id]);
    // Of an act whose opening is gone, only its erasure still says what it was.
    const { rows } = await client.query<{ id: string }>(
      'SELECT erasure_id AS id FROM audit.erased_act WHERE act_id = $1',
      [act_id],
    );
    const places = [place, ...rows.map((row) => `act ${row.id}`)];
    return { what: `${place}: act edited: ${change}`, isNamed: (first) => places.includes(first.place) };
  },
  async deleteAct(client, random) {
    const { act_id, place } = await anAct(client, random);
    await client.query('DELETE FROM audit.act WHERE id = $1', [act_id]);
    return named('act deleted', place);
  },
  async editOpening(client, random) {
    const { act_id, place } = await anOpenAct(client, random);
    const column = random.pick(['jws', 'salt']);
    await client.query(
      `UPDATE audit.opening SET ${column} = set_byte(${column}, 30, get_byte(${column}, 30) # 1) WHERE act_id = $1`,
      [act_id],
    );
    return named(`${column} of an opening edited`, place);
  },
  async deleteOpening(client, random) {
    const { act_id, place } = await anOpenAct(client, random);
    await client.query('DELETE FROM audit.disclosure WHERE act_id = $1', [act_id]);
    await client.query('DELETE FROM audit.opening WHERE act_id = $1', [act_id]);
    return named('opening deleted', place);
  },
  async pretendErasure(client, random) {
    const { act_id, place } = await anOpenAct(client, random);
    const { rows } = await client.query<{ id: string }>(`SELECT act_id AS id FROM audit.erasure LIMIT 1`);
    const erasure = rows[0]?.id ?? '';
    await client.query('DELETE FROM audit.disclosure WHERE act_id = $1', [act_id]);
    await client.query('DELETE FROM audit.opening WHERE act_id = $1', [act_id]);
    await client.query('INSERT INTO audit.erased_act VALUES ($1, $2)', [act_id, erasure]);
    await client.query('UPDATE audit.erasure SET erased_acts = erased_acts + 1');
    return named('opening deleted as if erased', place);
  },
  async swapOpenings(client, random) {
    const [left, right] = await twoEntries(client, random, true);
    await client.query(
      `UPDATE audit.opening o SET jws = other.jws, salt = other.salt FROM audit.opening other
       WHERE (o.act_id, other.act_id) IN (($1, $2), ($2, $1))`,
      [left.act_id, right.act_id],
    );
    return at(`openings of ${left.index} and ${right.index} swapped`, left.index);
  },
  async editDisclosure(client, random) {
    const { act_id, place } = await anOpenAct(client, random);
    const change = random.pick([`value = '"other"'`, `field = 'otherField'`, 'salt = sha256(salt)']);
    await client.query(
      `UPDATE audit.disclosure SET ${change} WHERE (act_id, field) = (SELECT act_id, field FROM audit.disclosure WHERE act_id = $1 LIMIT 1)`,
      [act_id],
    );
    return named(`disclosure edited: ${change}`, place);
  },
  async deleteDisclosure(client, random) {
    const { act_id, place } = await anOpenAct(client, random);
    await client.query('DELETE FROM audit.disclosure WHERE act_id = $1', [act_id]);
    return named('disclosures deleted', place);
  },
  async editState(client, random) {
    const change = random.pick(['root = sha256(root)', 'tree_size = tree_size - 1']);
    await client.query(`UPDATE audit.log_state SET ${change}`);
    return named(`state edited: ${change}`, 'state');
  },
  async editCheckpoint(client, random) {
    const size = await aCheckpoint(client, random);
    await client.query(`UPDATE audit.checkpoint SET ${otherLetter('note')} WHERE size = $1`, [size]);
    return named('checkpoint edited', `checkpoint ${size}`);
  },
  async deleteCheckpoint(client, random) {
    const size = await aCheckpoint(client, random);
    for (const table of ['checkpoint_final', 'cosignature', 'checkpoint']) {
      await client.query(`DELETE FROM audit.${table} WHERE size = $1`, [size]);
    }
    return named('checkpoint deleted with what belongs to it', `checkpoint ${size}`);
  },
  async editCosignature(client, random) {
    const size = await aCheckpoint(client, random);
    const change = random.pick([otherLetter('line'), `witness = witness || 'x'`]);
    await client.query(`UPDATE audit.cosignature SET ${change} WHERE size = $1`, [size]);
    return named('cosignatures edited', `checkpoint ${size}`);
  },
  async editFinal(client, random) {
    const size = await aCheckpoint(client, random);
    const change = random.pick([
      otherLetter('note'),
      `note_hash = 'x' || note_hash`,
      `note = regexp_replace(note, '(— [^\\n]*\\n){2}$', '')`,
    ]);
    await client.query(`UPDATE audit.checkpoint_final SET ${change} WHERE size = $1`, [size]);
    return named(`final note edited: ${change}`, `checkpoint ${size}`);
  },
  async editChain(client, random) {
    const { rows } = await client.query<{ author: string; chain: number }>(
      'SELECT author, chain FROM audit.author_chain ORDER BY 1, 2',
    );
    const { author, chain } = random.pick(rows);
    await client.query('UPDATE audit.author_chain SET next_seq = next_seq + 1 WHERE author = $1 AND chain = $2', [
      author,
      chain,
    ]);
    return named('chain edited', `chain ${author}/${chain}`);
  },
  async editCaseChain(client, random) {
    const { rows } = await client.query<{ case_id: string }>('SELECT case_id FROM audit.case_chain ORDER BY 1');
    const { case_id } = random.pick(rows);
    await client.query('UPDATE audit.case_chain SET leaf_hash = sha256(leaf_hash) WHERE case_id = $1', [case_id]);
    return named('case chain edited', `case ${case_id}`);
  },
  async dropFromQueue(client, random) {
    const { rows } = await client.query<{ act_id: string }>('SELECT act_id FROM audit.pending ORDER BY position');
    const { act_id } = random.pick(rows);
    await client.query('DELETE FROM audit.pending WHERE act_id = $1', [act_id]);
    return named('queued act dropped', `act ${act_id}`);
  },
  async editQueue(client, random) {
    const { rows } = await client.query<{ act_id: string }>('SELECT act_id FROM audit.pending ORDER BY position');
    const { act_id } = random.pick(rows);
    await client.query('UPDATE audit.pending SET leaf = set_byte(leaf, 5, get_byte(leaf, 5) # 1) WHERE act_id = $1', [
      act_id,
    ]);
    return named('queued leaf edited', `act ${act_id}`);
  },
  async deleteEvent(client, random) {
    const { act_id, place } = await anHouseAct(client, random);
    await client.query('DELETE FROM house_event WHERE act_id = $1', [act_id]);
    return named('event deleted', place);
  },
};

interface EntryRow {
  readonly index: string;
  readonly leaf: Buffer;
  readonly act_id: string;
}

function at(what: string, index: string): Tampering {
  return { what, isNamed: (first) => first.index === BigInt(index) };
}

function named(what: string, place: string): Tampering {
  return { what: `${place}: ${what}`, isNamed: (first) => first.place === place };
}

async function entries(client: PoolClient, condition = 'true'): Promise<readonly EntryRow[]> {
  const { rows } = await client.query<EntryRow>(
    `SELECT index, leaf, act_id FROM audit.log_entry e WHERE ${condition} ORDER BY index`,
  );
  return rows;
}

const OPEN = 'EXISTS (SELECT 1 FROM audit.disclosure d WHERE d.act_id = e.act_id)';

async function anEntry(client: PoolClient, random: Random): Promise<EntryRow> {
  return random.pick(await entries(client));
}

async function anOpenEntry(client: PoolClient, random: Random): Promise<EntryRow> {
  return random.pick(await entries(client, OPEN));
}

/** Two entries, the lower index first. */
async function twoEntries(client: PoolClient, random: Random, open = false): Promise<readonly [EntryRow, EntryRow]> {
  const rows = await entries(client, open ? OPEN : 'true');
  const place = random.below(rows.length - 1);
  const left = rows[place];
  const right = random.pick(rows.slice(place + 1));
  if (left === undefined) throw new Error('two entries');
  return [left, right];
}

/** An act with its place as an audit names it, sequenced or queued. */
async function anAct(
  client: PoolClient,
  random: Random,
  condition = 'true',
): Promise<{ act_id: string; place: string }> {
  const { rows } = await client.query<{ act_id: string; index: string | null }>(
    `SELECT a.id AS act_id, e.index FROM audit.act a LEFT JOIN audit.log_entry e ON e.act_id = a.id WHERE ${condition} ORDER BY e.index, a.id`,
  );
  const { act_id, index } = random.pick(rows);
  return { act_id, place: index === null ? `act ${act_id}` : `entry ${index}` };
}

function anOpenAct(client: PoolClient, random: Random): Promise<{ act_id: string; place: string }> {
  return anAct(
    client,
    random,
    `a.kind <> 'erasure.performed' AND EXISTS (SELECT 1 FROM audit.disclosure d WHERE d.act_id = a.id)`,
  );
}

function anHouseAct(client: PoolClient, random: Random): Promise<{ act_id: string; place: string }> {
  return anAct(client, random, 'EXISTS (SELECT 1 FROM house_event h WHERE h.act_id = a.id)');
}

async function aCheckpoint(client: PoolClient, random: Random): Promise<string> {
  const { rows } = await client.query<{ size: string }>('SELECT size FROM audit.checkpoint_final ORDER BY size');
  return random.pick(rows).size;
}

async function swap(client: PoolClient, left: EntryRow, right: EntryRow): Promise<void> {
  await client.query('DELETE FROM audit.log_entry WHERE index = $1 OR index = $2', [left.index, right.index]);
  await client.query('INSERT INTO audit.log_entry (index, leaf, act_id) VALUES ($1, $2, $3), ($4, $5, $6)', [
    left.index,
    right.leaf,
    right.act_id,
    right.index,
    left.leaf,
    left.act_id,
  ]);
}

/** Makes tiles, size and root follow from the entries again. */
async function rebuild(client: PoolClient): Promise<void> {
  const { tree, changed } = growTree(
    EMPTY_TREE,
    (await entries(client)).map((entry) => leafHash(entry.leaf)),
  );
  await client.query('DELETE FROM audit.tile');
  for (const { level, n, hashes } of changed) {
    await client.query('INSERT INTO audit.tile (level, n, hashes) VALUES ($1, $2, $3)', [level, n.toString(), hashes]);
  }
  await client.query('UPDATE audit.log_state SET tree_size = $1, root = $2', [
    tree.range.size.toString(),
    rootOf(tree),
  ]);
}

/** SQL: one letter of the column's last signature becomes another one. */
function otherLetter(column: string): string {
  return `${column} = overlay(${column} PLACING CASE substr(${column}, length(${column}) - 20, 1) WHEN 'A' THEN 'B' ELSE 'A' END
    FROM length(${column}) - 20)`;
}
