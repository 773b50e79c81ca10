// Looks as they are kept, each beside its act, and how the trail of them is read. The statement of a look is sent along with its act.

import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { type Statement, textArray } from '../../../shared/audit-log/statement-group';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';
import type { PageRequest } from '../domain/page';
import { toInstant } from './instant-column';
import { encodeHash } from './leaf-hash';

/** A look, or a reading of the trail of looks. */
export interface IdentityRead {
  readonly at: Instant;
  readonly person: string;
  /** The name that others know the person by. */
  readonly actor: string;
  readonly organisation: string;
  /** The role in which they looked; null for a token without any. */
  readonly role: string | null;
  readonly caseId: string | null;
  readonly purpose: string;
  readonly class: 'MASKED' | 'CLEAR' | null;
  /** Coordinates. */
  readonly fields: readonly string[];
  readonly subjectCount: number;
  /** Code of the refusal; null for a look that was allowed. */
  readonly refusal: string | null;
  readonly breakGlassId: string | null;
}

/** A grant of a look. */
export interface KeptGrant {
  readonly id: string;
  readonly operatorCode: string;
  readonly class: 'MASKED' | 'CLEAR';
  readonly caseId: string | null;
}

/** A look as its trail shows it. */
export interface AccessRecord extends Pick<IdentityRead, 'at' | 'actor' | 'organisation' | 'role' | 'purpose'> {
  readonly act: string;
  readonly caseId: string | null;
  readonly fields: readonly string[];
  readonly subjectCount: number;
  readonly allowed: boolean;
  readonly logIndex: string | null;
  readonly leafHash: string;
  readonly state: TrailEntryState;
}

/** Which looks are asked for; null does not narrow. */
export interface AccessFilter {
  /** Keyed hash of whom the look was about. */
  readonly subject: Buffer | null;
  readonly actor: string | null;
  readonly caseId: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly allowedOnly: boolean;
}

/** The statements that keep a look with its act: the event first. `identities` are keyed hashes of whom it was about, each once. */
export function identityReadStatements(
  actId: string,
  read: IdentityRead,
  identities: readonly Buffer[],
  grants: readonly KeptGrant[],
): readonly Statement[] {
  const { at, person, actor, organisation, role, caseId, purpose, fields, subjectCount, refusal, breakGlassId } = read;
  return [
    {
      name: 'identity_read',
      text: `INSERT INTO identity_read (act_id, at, person, actor, organisation, role, case_id, purpose, class, fields, subject_count,
        allowed, refusal, break_glass_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text IS NULL, $12, $13)`,
      values: [
        actId,
        at,
        person,
        actor,
        organisation,
        role,
        caseId,
        purpose,
        read.class,
        textArray(fields),
        subjectCount,
        refusal,
        breakGlassId,
      ],
    },
    {
      name: 'identity_read_subjects',
      text: `INSERT INTO identity_read_subject (act_id, subject) SELECT $1, decode(hash, 'hex') FROM unnest($2::text[]) AS asked (hash)`,
      values: [actId, textArray(identities.map((identity) => identity.toString('hex')))],
    },
    ...grants.map((grant) => ({
      name: 'lookup_grant',
      text: 'INSERT INTO lookup_grant (id, act_id, operator_code, class, case_id, issued_at) VALUES ($1, $2, $3, $4, $5, $6)',
      values: [grant.id, actId, grant.operatorCode, grant.class, grant.caseId, at],
    })),
  ];
}

/** The looks that a filter names, newest first, one more than the page holds. */
export async function accessRecords(
  session: SqlSession,
  filter: AccessFilter,
  { first, after }: PageRequest,
): Promise<readonly AccessRecord[]> {
  const rows = await rowsOf<RecordRow>(session, {
    name: 'access_records',
    text: RECORDS,
    values: [
      filter.subject,
      filter.actor,
      filter.caseId,
      filter.from,
      filter.to,
      filter.allowedOnly,
      after?.at ?? null,
      after?.id ?? null,
      first + 1,
    ],
  });
  return rows.map(toRecord);
}

interface RecordRow {
  readonly act_id: string;
  readonly at: Date;
  readonly actor: string;
  readonly organisation: string;
  readonly role: string | null;
  readonly case_id: string | null;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly subject_count: number;
  readonly allowed: boolean;
  readonly leaf_hash: Buffer;
  readonly index: string | null;
  readonly signed_size: string | null;
  readonly final_size: string | null;
}

const RECORDS = `
  SELECT look.act_id, look.at, look.actor, look.organisation, look.role, look.case_id, look.purpose, look.fields, look.subject_count,
    look.allowed, act.leaf_hash, entry.index,
    (SELECT max(size) FROM audit.checkpoint) AS signed_size, (SELECT max(size) FROM audit.checkpoint_final) AS final_size
  FROM identity_read AS look JOIN audit.act ON act.id = look.act_id
  LEFT JOIN audit.log_entry AS entry ON entry.act_id = look.act_id
  WHERE ($1::bytea IS NULL OR EXISTS (SELECT FROM identity_read_subject AS about WHERE about.subject = $1 AND about.act_id = look.act_id))
    AND ($2::text IS NULL OR look.actor = $2) AND ($3::text IS NULL OR look.case_id = $3)
    AND ($4::timestamptz IS NULL OR look.at >= $4) AND ($5::timestamptz IS NULL OR look.at < $5)
    AND (NOT $6::boolean OR look.allowed)
    AND ($7::timestamptz IS NULL OR (look.at, look.act_id) < ($7, $8::uuid))
  ORDER BY look.at DESC, look.act_id DESC LIMIT $9`;

function toRecord(row: RecordRow): AccessRecord {
  return {
    act: row.act_id,
    at: toInstant(row.at),
    actor: row.actor,
    organisation: row.organisation,
    role: row.role,
    caseId: row.case_id,
    purpose: row.purpose,
    fields: row.fields,
    subjectCount: row.subject_count,
    allowed: row.allowed,
    leafHash: encodeHash(row.leaf_hash),
    logIndex: row.index,
    state: stateOf(row),
  };
}

function stateOf({ index, signed_size: signed, final_size: final }: RecordRow): TrailEntryState {
  if (index === null) return 'COMMITTED';
  if (BigInt(index) < BigInt(final ?? 0)) return 'FINAL';
  return BigInt(index) < BigInt(signed ?? 0) ? 'SIGNED' : 'SEQUENCED';
}
