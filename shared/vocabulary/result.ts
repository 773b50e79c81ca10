// The answer of an operation that may be refused for a reason the caller can act on. Faults are thrown, refusals are returned.

/** Either the value that was asked for, or the reason why it was refused. */
export type Result<Value, Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Refusal };

/** A result that holds a value. */
export function accepted<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** A result that holds the reason of a refusal. */
export function refused<Refusal>(error: Refusal): { readonly ok: false; readonly error: Refusal } {
  return { ok: false, error };
}
