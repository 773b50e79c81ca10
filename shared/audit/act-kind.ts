// The closed list of what an act can say was done, and the few kinds whose place or contents follow rules of their own. Which command of
// the case service writes which kind is decided there.

/** Kinds of acts. A kind is never renamed: old acts keep it for ever. */
export const ACT_KINDS = [
  'suspicion.reported',
  'case.triaged',
  'case.dismissed',
  'case.tracked',
  'case.assigned',
  'case.subject_added',
  'case.reopening.proposed',
  'case.reopened',
  'case.closed',
  'case.merged',
  'case.snapshot',
  'evidence.added',
  'information.requested',
  'information.answered',
  'information.overdue',
  'check.recorded',
  'decision.proposed',
  'decision.approved',
  'decision.rejected',
  'block.ordered',
  'block.delivered',
  'block.acknowledged',
  'block.enforced',
  'block.failed',
  'block.superseded',
  'block.expired',
  'block.cancelled',
  'block.reissued',
  'lift.proposed',
  'lift.ordered',
  'lift.done',
  'appeal.filed',
  'appeal.review_started',
  'appeal.proposed',
  'appeal.decided',
  'loss.recorded',
  'transaction.held',
  'liability.assessed',
  'liability.approved',
  'identity.read',
  'access.broken_glass',
  'access.reviewed',
  'directory.changed',
  'act.received',
  'key.added',
  'key.rotated',
  'key.revoked',
  'erasure.performed',
] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** Changes of keys: they belong to no case, and stand apart in a bundle. */
export const KEY_ACT_KINDS: readonly ActKind[] = ['key.added', 'key.rotated', 'key.revoked'];

/** Acts of the bank on a case that take no place in its chain. */
export const ASIDE_KINDS: readonly ActKind[] = ['identity.read', 'suspicion.reported'];

/** Acts that the bank signs for organisations without a key of their own; the field `actor` names them. */
export const RELAYED_KINDS: readonly ActKind[] = [
  'suspicion.reported',
  'appeal.filed',
  'loss.recorded',
  'transaction.held',
];

/** Acts that answer another: one of `ref` must be of these kinds and addressed to the author of the answer, or by that author itself. */
export const ANSWERED_KINDS: Readonly<Partial<Record<ActKind, readonly ActKind[]>>> = {
  'information.answered': ['information.requested'],
  'block.delivered': ['block.ordered', 'block.reissued'],
  'block.acknowledged': ['block.ordered', 'block.reissued'],
  'block.enforced': ['block.ordered', 'block.reissued'],
  'block.failed': ['block.ordered', 'block.reissued', 'lift.ordered'],
  'lift.done': ['lift.ordered'],
};

/** Fields that must be disclosed wherever an act of this kind is judged, because the judgement rests on them. */
export const REQUIRED_FIELDS: Readonly<Partial<Record<ActKind, readonly string[]>>> = {
  'case.snapshot': ['aside', 'count', 'head', 'keys'],
  'erasure.performed': ['basis', 'ranges'],
  'key.added': ['key', 'possession', 'role'],
  'key.rotated': ['key', 'old', 'possession', 'role'],
  'key.revoked': ['old', 'role'],
};
