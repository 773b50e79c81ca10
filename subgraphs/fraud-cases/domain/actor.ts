// Who does something to a case, as the rules need to know them: the person, the organisation and the roles of the token. Signing in, and
// whether a token is true, is decided elsewhere; nothing here is read from an argument that a caller chose.

import { ACTOR_ROLES as TOKEN_ROLES } from '../../../shared/vocabulary/role';

/** Roles of people and machines; SYSTEM is the bank's own timers and dispatcher, and no token names it. */
export const ACTOR_ROLES = [...TOKEN_ROLES, 'SYSTEM'] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];

/** One who acts. `person` tells two people apart; `organisation` is a party's code such as `kcell`, `bank-1` or `afc`. */
export interface Actor {
  readonly person: string;
  readonly organisation: string;
  readonly roles: readonly ActorRole[];
}

/** Party code of the Anti-Fraud Center. */
export const AFC_PARTY = 'afc';

/** The bank's timers. */
export const SYSTEM_ACTOR: Actor = { person: 'system', organisation: AFC_PARTY, roles: ['SYSTEM'] };

/** Whether the actor has at least one of the roles. */
export function actsAs(actor: Actor, ...roles: readonly ActorRole[]): boolean {
  return roles.some((role) => actor.roles.includes(role));
}
