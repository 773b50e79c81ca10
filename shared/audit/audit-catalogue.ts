// Every way in which something of the joint log can be wrong: one code per distinct failure, what it means in plain words, and
// the verdict it leads to. Codes are never reused. Where and for what a code is raised is decided by the files that raise it.

import { AppError } from '../vocabulary/app-error';

/**
 * What one failure makes of the whole: MALFORMED - not a thing that can be judged; EQUIVOCATION - somebody signed two statements
 * that cannot both be true; INVALID - it can be judged and is false or incomplete; NOT_FINAL - true, but not yet beyond the log's
 * keeper to change; REMARK - true, with something the reader must know.
 */
export const SEVERITIES = ['MALFORMED', 'EQUIVOCATION', 'INVALID', 'NOT_FINAL', 'REMARK'] as const;
export type Severity = (typeof SEVERITIES)[number];

interface CatalogueEntry {
  readonly severity: Severity;
  /** What is wrong, as a sentence for people; it repeats nothing that was read. */
  readonly meaning: string;
}

export const AUDIT_CATALOGUE = {
  // Bytes and text
  TOO_LARGE: { severity: 'MALFORMED', meaning: 'It is larger, longer or more numerous than the format allows.' },
  UTF8: { severity: 'MALFORMED', meaning: 'The bytes are not valid UTF-8, or begin with a byte order mark.' },
  JSON_SYNTAX: { severity: 'MALFORMED', meaning: 'The text is not JSON (RFC 8259).' },
  JSON_DEPTH: { severity: 'MALFORMED', meaning: 'Arrays and objects are nested deeper than allowed.' },
  JSON_DUPLICATE: { severity: 'MALFORMED', meaning: 'An object names the same member twice.' },
  JSON_SURROGATE: { severity: 'MALFORMED', meaning: 'A string holds half of a surrogate pair.' },
  JSON_NUMBER: { severity: 'MALFORMED', meaning: 'A number cannot be held without changing it.' },
  JSON_VALUE: { severity: 'MALFORMED', meaning: 'A value has no JSON form.' },
  NOT_CANONICAL: { severity: 'MALFORMED', meaning: 'It is not written in its one canonical form.' },
  SHAPE: {
    severity: 'MALFORMED',
    meaning: 'A member is missing, unknown, of the wrong kind, out of order or repeated.',
  },

  // Keys, signatures, notes
  KEY_MALFORMED: { severity: 'MALFORMED', meaning: 'A public key or verifier key is not well formed.' },
  KEY_UNSOUND: {
    severity: 'INVALID',
    meaning: 'A public key is of small order or not canonically encoded: its owner could disown what it signs.',
  },
  KEY_POSSESSION: {
    severity: 'INVALID',
    meaning: 'Nobody showed that the party holds the private half of the key it registers.',
  },
  NOTE_MALFORMED: { severity: 'MALFORMED', meaning: 'It is not a signed note.' },
  NOTE_AMBIGUOUS: { severity: 'MALFORMED', meaning: 'Two trusted keys share a name and a key ID.' },
  NOTE_SIGNATURE: {
    severity: 'INVALID',
    meaning: 'A signature by a trusted key is false, so the whole note is refused.',
  },
  NOTE_UNTRUSTED: { severity: 'INVALID', meaning: 'No signature of the note is by a trusted key.' },
  NOTE_STRANGER: {
    severity: 'MALFORMED',
    meaning: 'A checkpoint carries a signature line by a key that the policy does not name, or one key twice.',
  },
  CHECKPOINT_MALFORMED: { severity: 'MALFORMED', meaning: 'The text is not a checkpoint of three lines.' },
  JWS_MALFORMED: { severity: 'MALFORMED', meaning: 'It is not a compact JWS in the one accepted form.' },
  JWS_TYPE: { severity: 'INVALID', meaning: 'The signature was made for another kind of document.' },
  JWS_SIGNATURE: { severity: 'INVALID', meaning: 'The signature is not by this key over these bytes.' },
  PROOF_MALFORMED: { severity: 'MALFORMED', meaning: 'It is not a transparency log proof.' },

  // Policy and root of trust
  POLICY_MALFORMED: { severity: 'MALFORMED', meaning: 'The policy file does not follow its grammar.' },
  POLICY_LOG: { severity: 'INVALID', meaning: 'The policy must name one log, by keys of type 1.' },
  POLICY_QUORUM: {
    severity: 'INVALID',
    meaning: 'The quorum must be one group of k of n witnesses with k greater than two thirds of n.',
  },
  POLICY_WITNESS: {
    severity: 'INVALID',
    meaning: 'Every witness needs a key of type 4 and belongs to exactly one party, never to the keeper of the log.',
  },
  ROOT_MALFORMED: { severity: 'MALFORMED', meaning: 'The file of the root of trust is not well formed.' },
  KEY_ROLE: { severity: 'INVALID', meaning: 'One key is registered twice or serves two purposes.' },

  // The tree
  LOG_SIGNATURE: { severity: 'INVALID', meaning: 'The checkpoint is not signed by the log it names.' },
  EMPTY_TREE_ROOT: { severity: 'INVALID', meaning: 'A checkpoint of size 0 must have the root of the empty tree.' },
  LOG_EQUIVOCATION: {
    severity: 'EQUIVOCATION',
    meaning: 'The log signed two checkpoints that cannot both describe one append-only log.',
  },
  NO_EQUIVOCATION: { severity: 'INVALID', meaning: 'The evidence does not show that anybody contradicted themselves.' },
  CONSISTENCY: { severity: 'INVALID', meaning: 'A later checkpoint is not proven to extend the one before it.' },
  INDEX: { severity: 'INVALID', meaning: 'The index is not below the size of the newest checkpoint.' },
  INCLUSION: { severity: 'INVALID', meaning: 'The entry is not proven to be in the log at its index.' },
  LEAF: { severity: 'INVALID', meaning: 'A leaf must be 33 bytes, the first of them 0x01.' },
  QUORUM: { severity: 'NOT_FINAL', meaning: 'No checkpoint with a quorum of witnesses covers the entry.' },
  STALE: { severity: 'INVALID', meaning: 'The newest final checkpoint is older than was asked for.' },

  // Acts
  OPENING: { severity: 'INVALID', meaning: 'The signed act and its salt do not open the leaf.' },
  ACT_MALFORMED: { severity: 'MALFORMED', meaning: 'The payload is not an act in its one accepted form.' },
  KEY_UNKNOWN: {
    severity: 'INVALID',
    meaning: 'The key is not known to be of the party that the act names as its author.',
  },
  KEY_RANGE: { severity: 'INVALID', meaning: 'The key was not valid at the index of the entry.' },
  KEY_ACT: {
    severity: 'INVALID',
    meaning: 'A change of keys was not made by the party itself as the rules of keys ask.',
  },
  DISCLOSURE: { severity: 'INVALID', meaning: 'A disclosed field is not what its author committed to.' },
  DISCLOSURE_MISSING: {
    severity: 'INVALID',
    meaning: 'A field without which this act cannot be judged is not disclosed.',
  },

  // Chains and completeness
  ACT_REPEATED: { severity: 'INVALID', meaning: 'One act, or two under one identifier, stand in the log.' },
  AUTHOR_EQUIVOCATION: {
    severity: 'EQUIVOCATION',
    meaning: 'An author signed two different acts for one place of its own chain or of a case.',
  },
  AUTHOR_ORDER: { severity: 'INVALID', meaning: "The log's order contradicts the order in which the author signed." },
  CASE_MISMATCH: { severity: 'INVALID', meaning: 'The act belongs to another case.' },
  CASE_ORDER: { severity: 'INVALID', meaning: "The log's order contradicts the order of the case." },
  CASE_GAP: { severity: 'INVALID', meaning: 'INCOMPLETE: an act of the case is missing.' },
  CASE_PREVIOUS: {
    severity: 'INVALID',
    meaning: 'The act names another predecessor than the one that stands before it.',
  },
  REF: {
    severity: 'INVALID',
    meaning: 'The act refers to something that does not stand before it, or that it cannot answer.',
  },
  FOREIGN_NOT_RECEIVED: {
    severity: 'INVALID',
    meaning: "Another party's act stands in the case, but the bank never took it in.",
  },
  SNAPSHOT_MISSING: {
    severity: 'INVALID',
    meaning: 'The case does not end with the snapshot that says how much there is.',
  },
  SNAPSHOT: { severity: 'INVALID', meaning: "The signed snapshot contradicts the case's own acts." },
  INCOMPLETE: { severity: 'INVALID', meaning: 'INCOMPLETE: fewer or more acts than the snapshot counts.' },
  ERASURE_UNLOGGED: { severity: 'INVALID', meaning: 'INCOMPLETE: an entry cannot be opened and no erasure names it.' },
  CONTEXT_UNUSED: { severity: 'MALFORMED', meaning: 'An entry is given as context and nothing refers to it.' },

  // Time
  SEEN_UNKNOWN: {
    severity: 'INVALID',
    meaning: 'The checkpoint that the author claims to have seen is not a final one of these.',
  },
  SEEN_BACKWARD: {
    severity: 'INVALID',
    meaning: 'The author claims to have seen less than in an earlier act of its chain.',
  },
  TIME_OUT_OF_BRACKET: {
    severity: 'INVALID',
    meaning: 'The act cannot have been signed when it says, by the clocks of the witnesses.',
  },
  BACKFILLED: {
    severity: 'REMARK',
    meaning: 'The act is dated before the log was opened: its time rests on its author alone.',
  },
  OPEN_BELOW: {
    severity: 'REMARK',
    meaning: 'The author named no checkpoint it had seen: only the latest possible time is proven.',
  },
  CLOCK_SPREAD: {
    severity: 'REMARK',
    meaning: 'The clocks of the witnesses of one checkpoint differ by more than five seconds.',
  },
  ON_BEHALF: {
    severity: 'REMARK',
    meaning: 'The bank signed this act for an organisation that holds no key; that organisation itself signed nothing.',
  },
  ERASED: {
    severity: 'REMARK',
    meaning: 'The contents were erased as the log records; place and existence stay proven.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the catalogue. */
export type AuditCode = keyof typeof AUDIT_CATALOGUE;

/** What the core of the log throws when what it was given is wrong. */
export class AuditFault extends AppError<AuditCode> {
  constructor(code: AuditCode, required: string) {
    super(code, required);
    this.name = 'AuditFault';
  }
}

/** Throws an `AuditFault` unless the condition holds. `required` says what was required and repeats nothing that was read. */
export function requireThat(condition: boolean, code: AuditCode, required: string): asserts condition {
  if (!condition) throw new AuditFault(code, required);
}
