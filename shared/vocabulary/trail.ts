// Words of an entry's way into the joint log.

/** How far an act has come in the joint log; FINAL when enough witnesses cosigned. */
export const TRAIL_ENTRY_STATES = ['COMMITTED', 'SEQUENCED', 'SIGNED', 'FINAL'] as const;
export type TrailEntryState = (typeof TRAIL_ENTRY_STATES)[number];
