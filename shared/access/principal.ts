// Who asks, as the claims of a verified token say it. Pure: that the token is true is decided by whoever verified it. Claims are read by
// their exact form, because a claim that is nearly right is a claim that somebody made up: one word that is unknown refuses them all.

import { isOneOf } from '../vocabulary/closed-list';
import { type Instant, instantToMs, msToInstant } from '../vocabulary/instant';
import { accepted, type Result, refused } from '../vocabulary/result';
import { ACTOR_ROLES, type ActorRole } from '../vocabulary/role';

/** One who is signed in: a person of the bank, or the machine of an organisation. */
export interface Principal {
  /** Tells two people apart. */
  readonly person: string;
  /** Code of the party that the person or machine acts for, e.g. `afc`, `kcell`, `bank-1`. */
  readonly organisation: string;
  readonly roles: readonly ActorRole[];
  /** Unit within the organisation; null for machines. */
  readonly unit: string | null;
  /** The client that the token was given to. */
  readonly client: string;
  /** When the token ends. */
  readonly expiresAt: Instant;
  /** When the person last signed in by something that cannot be phished; null when the token does not say so. */
  readonly strongSince: Instant | null;
}

/** Why claims are no principal. */
export const PRINCIPAL_REFUSALS = ['MALFORMED', 'UNKNOWN_ROLE', 'ROLES_EXCLUDE', 'ROLE_OF_OTHERS'] as const;
export type PrincipalRefusal = (typeof PRINCIPAL_REFUSALS)[number];

/**
 * The principal that the claims of a token name: `sub`, `org`, `roles` (a list of distinct words, which may be empty), `unit` (may be
 * missing), `client_id`, `exp` in seconds, `acr` and `auth_time` in seconds (both may be missing). ROLES_EXCLUDE when two roles are never held at once; ROLE_OF_OTHERS when a role of the
 * Anti-Fraud Center comes from another organisation, or the other way round.
 */
export function principalOf(claims: unknown): Result<Principal, PrincipalRefusal> {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return refused('MALFORMED');
  const {
    sub,
    org,
    roles,
    unit = null,
    client_id: client,
    exp,
    acr,
    auth_time: signedInAt,
  } = claims as Readonly<Record<string, unknown>>;
  if (!isText(sub, PERSON) || !isText(org, PARTY) || !isText(client, PERSON)) return refused('MALFORMED');
  if (unit !== null && !isText(unit, UNIT)) return refused('MALFORMED');
  if (!isSecond(exp)) return refused('MALFORMED');
  if (acr !== undefined && typeof acr !== 'string') return refused('MALFORMED');
  if (signedInAt !== undefined && !isSecond(signedInAt)) return refused('MALFORMED');
  if (!Array.isArray(roles) || roles.length > ACTOR_ROLES.length || new Set(roles).size !== roles.length) {
    return refused('MALFORMED');
  }
  const known: readonly unknown[] = roles;
  if (!known.every((role) => isOneOf(ACTOR_ROLES, role))) return refused('UNKNOWN_ROLE');
  if (known.length > 1 && known.some((role) => HELD_ALONE.has(role))) return refused('ROLES_EXCLUDE');
  if (known.some((role) => OF_OTHER_PARTIES.has(role) === (org === AFC))) return refused('ROLE_OF_OTHERS');
  return accepted({
    person: sub,
    organisation: org,
    roles: known,
    unit,
    client,
    expiresAt: msToInstant(exp * 1000),
    strongSince: STRONG.has(acr) && isSecond(signedInAt) ? msToInstant(signedInAt * 1000) : null,
  });
}

/** Whether the person signed in strongly within the last quarter of an hour: asked before approvals and clear identities. */
export function isFreshlySignedIn({ strongSince }: Principal, nowMs: number): boolean {
  if (strongSince === null) return false;
  const ageMs = nowMs - instantToMs(strongSince);
  return ageMs <= STRONG_LIFE_MS && ageMs >= -CLOCK_TOLERANCE_MS;
}

/** Whether the principal has at least one of the roles. */
export function hasRole(principal: Principal, ...roles: readonly ActorRole[]): boolean {
  return roles.some((role) => principal.roles.includes(role));
}

const AFC = 'afc';
/** Authentication context classes of the OpenID Extended Authentication Profile: phishing-resistant, and so in hardware. */
const STRONG: ReadonlySet<unknown> = new Set(['phr', 'phrh']);
const STRONG_LIFE_MS = 15 * 60_000;
const CLOCK_TOLERANCE_MS = 5_000;
const PERSON = /^[A-Za-z0-9][A-Za-z0-9._:@|-]{0,127}$/;
const PARTY = /^[a-z][a-z0-9-]{1,31}$/;
const UNIT = /^[a-z][a-z0-9-]{0,31}$/;
/** 2199-12-31; an instant knows no later year. */
const LATEST_SECOND = 7_258_118_399;

/** Roles of machines, and those whose holder must not also do what it watches over. */
const HELD_ALONE: ReadonlySet<unknown> = new Set<ActorRole>([
  'OPERATOR',
  'BANK',
  'PORTAL',
  'DISPATCHER',
  'AUDITOR',
  'ADMIN',
]);
/** Roles that nobody at the Anti-Fraud Center has; every other role is its own. */
const OF_OTHER_PARTIES: ReadonlySet<unknown> = new Set<ActorRole>(['OPERATOR', 'BANK', 'PORTAL']);

function isSecond(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LATEST_SECOND;
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}
