// Gives a log its past, quickly: acts, openings, disclosures and events are written by the server itself as rows of the shape that `appendAct`
// writes, but signed by nobody; the queue then goes through the real sequencer, so indexes, tiles, size and root are what they would be.
// Every opening opens its leaf. Triggers are off while rows are written, because each would look its own row up again.

import type { Client } from 'pg';
import { BATCH_SIZE, loadSequencerState, sequenceBatch } from '../../shared/audit-log/sequence-batch';
import { onConnection } from './audit-house';

const CHUNK = 50_000;
/** Characters of a signed act of the measurement. */
const JWS_LENGTH = 1_250;

/** Makes `count` entries; says after each part how far it is. */
export async function fillLog(url: string, count: number, onProgress: (done: number) => void): Promise<void> {
  await onConnection(url, async (client) => {
    await client.query("SET session_replication_role = 'replica'");
    await client.query('SET synchronous_commit = off');
    await client.query(`INSERT INTO audit.author_chain (author, chain, next_seq) VALUES ('past', 0, ${count + 1})`);
    for (let done = 0; done < count; done += CHUNK) {
      const last = Math.min(done + CHUNK, count);
      await client.query(ROWS, [done + 1, last, Math.round(JWS_LENGTH / 32)]);
      await drain(client);
      onProgress(last);
    }
    await client.query("SET session_replication_role = 'origin'");
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });
}

const ROWS = `
  WITH made AS MATERIALIZED (
    SELECT n, uuidv7() AS id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS salt,
      convert_to(repeat(md5(n::text), $3::int), 'UTF8') AS jws
    FROM generate_series($1::bigint, $2::bigint) AS n),
  sealed AS MATERIALIZED (
    SELECT *, '\\x01'::bytea || sha256(convert_to(E'senim/leaf/v1\\n', 'UTF8') || salt || jws) AS leaf FROM made),
  acts AS (INSERT INTO audit.act (id, kind, author, chain, seq, at, leaf)
    SELECT id, 'identity.read', 'past', 0, n, senim_now(), leaf FROM sealed),
  openings AS (INSERT INTO audit.opening (act_id, jws, salt, expires_on) SELECT id, jws, salt, '2031-11-20' FROM sealed),
  disclosures AS (INSERT INTO audit.disclosure (act_id, field, salt, value)
    SELECT id, field, salt, '\\x22616e616c7973742d313722' FROM sealed, unnest(ARRAY['actor', 'measures', 'msisdn', 'reason']) AS field),
  events AS (INSERT INTO house_event (case_id, what, act_id) SELECT id, 'identity.read', id FROM sealed)
  INSERT INTO audit.pending (act_id, leaf) SELECT id, leaf FROM sealed ORDER BY n`;

async function drain(client: Client): Promise<void> {
  let state = await loadSequencerState(client);
  for (let count = BATCH_SIZE; count === BATCH_SIZE; ) {
    ({ state, count } = await sequenceBatch(client, state));
  }
}
