// Who takes part in a joint log: its parties, which keys each holds, where log and witnesses answer, how many witnesses make a checkpoint
// final; and who else holds a key of which the log knows nothing. Reads and checks the document; what is made of it is decided by ceremony.ts.

import { z } from 'zod';
import { KEY_ROLES, type KeyRole } from '../audit/party-key';
import { accepted, type Result, refused } from '../vocabulary/result';

/** One organisation. */
export interface Party {
  readonly code: string;
  /** For what it holds a key; each purpose has a key of its own. */
  readonly keys: readonly KeyRole[];
  /** Those of its keys that a program of their own holds, which must not reach the others; none unless told. */
  readonly apart?: readonly KeyRole[];
  /** Where its witness answers; null when it runs none. */
  readonly witnessUrl: string | null;
}

/** Keys and secrets that stand in no root: by which somebody signs in, signs tokens, or makes pseudonyms. */
export interface KeyHolder {
  readonly code: string;
  /** Names of its key pairs. */
  readonly keys: readonly string[];
  /** Names of its secrets. */
  readonly secrets: readonly string[];
}

/** One party's programs that get certificates for a demonstration. */
export interface CertifiedParty {
  readonly code: string;
  readonly programs: readonly CertifiedProgram[];
}

/** A program, where it answers, and whom it has to do with. */
export interface CertifiedProgram {
  readonly name: string;
  /** Among whose keys its own lies. */
  readonly holder: string;
  /** The name in its certificate. */
  readonly uri: string;
  readonly hosts: readonly string[];
  /** Names of the programs with which it speaks. */
  readonly peers: readonly string[];
}

/** A joint log in the making. */
export interface Parties {
  /** The name under which the log signs. */
  readonly origin: string;
  /** Prefix of its checkpoint and tiles. */
  readonly logUrl: string;
  /** Cosignatures that make a checkpoint final. */
  readonly quorum: number;
  /** Code of the party that keeps the log. */
  readonly bank: string;
  readonly parties: readonly Party[];
  /** Those whose keys stand in no root; nobody unless told. */
  readonly others?: readonly KeyHolder[];
  /** Those whose programs speak over TLS; nobody unless told. */
  readonly certificates?: readonly CertifiedParty[];
}

const HTTP_URL = z.string().regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/);
const CODE = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/);
const ROLES = z.array(z.enum(KEY_ROLES));
const NAMES = z.array(CODE).default([]);

const PARTIES = z.strictObject({
  origin: z.string().regex(/^[^\s+]+$/),
  logUrl: HTTP_URL,
  quorum: z.int().min(1),
  bank: CODE,
  parties: z.array(
    z.strictObject({ code: CODE, keys: ROLES, apart: ROLES.optional(), witnessUrl: HTTP_URL.nullable() }),
  ),
  others: z.array(z.strictObject({ code: CODE, keys: NAMES, secrets: NAMES })).optional(),
  certificates: z
    .array(
      z.strictObject({
        code: CODE,
        programs: z.array(
          z.strictObject({
            name: CODE,
            holder: CODE,
            uri: z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~/-]{1,200}$/),
            hosts: z.array(z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)),
            peers: NAMES,
          }),
        ),
      }),
    )
    .optional(),
});

/** The parties that a JSON document names, or one plain sentence: what is wrong, and where. */
export function parseParties(text: string): Result<Parties, string> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refused('The file of the parties is not JSON.');
  }
  const read = PARTIES.safeParse(document);
  if (!read.success) {
    const place = read.error.issues[0]?.path.join('.') ?? '';
    return refused(`The file of the parties is not as it must be${place === '' ? '' : ` at ${place}`}.`);
  }
  return agreed(read.data);
}

/** Where a party's key lies, from the folder of all keys: `<code>/<role>.pem`, or `<code>-<role>/<role>.pem` if it is kept apart. */
export function keyPath({ code, apart = [] }: Party, role: KeyRole): string {
  return `${apart.includes(role) ? `${code}-${role}` : code}/${role}.pem`;
}

/** What the shape cannot say: who keeps the log, who watches it, nobody twice. */
function agreed(parties: Parties): Result<Parties, string> {
  const codes = parties.parties.map((party) => party.code);
  if (new Set(codes).size !== codes.length) return refused('The file of the parties names a party twice.');
  for (const { code, keys, witnessUrl } of parties.parties) {
    if (new Set(keys).size !== keys.length) return refused(`The party ${code} has two keys for one purpose.`);
    if (keys.includes('witness') !== (witnessUrl !== null))
      return refused(`The party ${code} has a witness without its key, or a key without its witness.`);
    if (keys.includes('log') !== (code === parties.bank))
      return refused('The key of the log is held by the party that keeps it, and by no other.');
  }
  const names = [
    ...parties.parties.flatMap((party) => party.keys.map((role) => keyPath(party, role))),
    ...(parties.others ?? []).flatMap(({ code, keys }) => keys.map((name) => `${code}/${name}.pem`)),
  ];
  if (new Set(names).size !== names.length) return refused('The file of the parties names a key twice.');
  return codes.includes(parties.bank) ? accepted(parties) : refused('The party that keeps the log is not among them.');
}
