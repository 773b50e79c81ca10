// What a witness must tell its people at once.

/** What happened. `evidence` is the path of a file that anybody can verify offline; null while nothing is proven yet. */
export type WitnessAlarm =
  /** The log signed two checkpoints that cannot both be true. */
  | { readonly kind: 'LOG_EQUIVOCATED'; readonly evidence: string }
  /** A larger checkpoint that the log signed was offered without a proof that holds. Somebody was mistaken, or the log forked: which, shows when the log has grown over it. */
  | { readonly kind: 'EXTENSION_UNPROVEN' }
  /** The tiles that the log gives do not have the root that it signed. */
  | { readonly kind: 'TILES_DIFFER' }
  /** A checkpoint with this witness's own cosignature is larger than its state: it was restored from an old backup. */
  | { readonly kind: 'STATE_WENT_BACK' };

/** Told each alarm. */
export type OnWitnessAlarm = (alarm: WitnessAlarm) => void;
