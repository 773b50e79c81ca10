// Roles that a token may name. What a role may do is decided by the access policy and by the domains; who holds it, by the issuer.

/** Roles of people and of machines. */
export const ACTOR_ROLES = [
  'INVESTIGATOR',
  'SUPERVISOR',
  'APPEALS',
  'OPERATOR',
  'BANK',
  'ANALYST',
  'AUDITOR',
  'DISPATCHER',
  'PORTAL',
  'ADMIN',
] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];
