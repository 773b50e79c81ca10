// Who asks: the one whom the request's own token names, and nobody whom an argument, a header or the gateway names. Decides who may begin
// a mutation at all; which of them a role may do is decided by the domain, command by command.

import type { GatewayContext } from '../../../shared/access/gateway-context';
import { hasRole, type Principal } from '../../../shared/access/principal';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Actor } from '../domain/actor';

/** Who asks in one request, and how. */
export interface Asker {
  /** Who signed in; null when the request came without a token. */
  readonly principal: Principal | null;
  /** The same one as the rules of cases know them. */
  readonly actor: Actor | null;
  /** What the gateway says of the request; null when it came without. It says nothing about people. */
  readonly request: GatewayContext | null;
  /** The key under which a mutation's answer is kept; null when none was sent. */
  readonly idempotencyKey: string | null;
  /** Whether the bank has suspended the person; asked of the database each time. */
  isSuspended(person: string): Promise<boolean>;
}

/** The principal as one who acts. */
export function actorOf({ person, organisation, roles }: Principal): Actor {
  return { person, organisation, roles };
}

/** Roles that have a mutation here at all. Watchers, administrators and the machine that delivers have none. */
const ACTING_ROLES = ['INVESTIGATOR', 'SUPERVISOR', 'APPEALS', 'OPERATOR', 'BANK', 'PORTAL'] as const;

/** Lets nobody begin a mutation who is not signed in (UNAUTHENTICATED), has no role that acts, or is suspended at this moment (FORBIDDEN). */
export async function requireActing({ principal, isSuspended }: Asker): Promise<void> {
  if (principal === null) throw new AppError('UNAUTHENTICATED', 'A mutation requires a token.');
  if (!hasRole(principal, ...ACTING_ROLES)) throw new AppError('FORBIDDEN', 'A mutation requires a role that acts.');
  if (await isSuspended(principal.person)) throw new AppError('FORBIDDEN', 'A suspended person does nothing.');
}
