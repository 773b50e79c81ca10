// Who asks: the one whom the request's own token names, and nobody whom an argument, a header or the gateway names. Decides who may begin
// a mutation at all; the domain decides again, command by command.

import type { GatewayContext } from '../../../shared/access/gateway-context';
import { isFreshlySignedIn, type Principal } from '../../../shared/access/principal';
import { AppError } from '../../../shared/vocabulary/app-error';
import { type Actor, AFC_PARTY, actsAs } from '../domain/actor';
import type { CaseReader } from '../domain/case-scope';
import { needsFreshSignIn, rolesOfMutation } from './mutation-roles';

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

/** Lets nobody ask anything who is suspended at this moment, however true the token is (FORBIDDEN). */
export async function requireStanding({ principal, isSuspended }: Asker): Promise<void> {
  if (principal !== null && (await isSuspended(principal.person)))
    throw new AppError('FORBIDDEN', 'A suspended person asks nothing.');
}

/**
 * Lets nobody begin a mutation who is not signed in (UNAUTHENTICATED), has none of its roles, is of another unit, or is suspended at this moment
 * (FORBIDDEN), or approves without a strong sign-in of the last quarter of an hour (STEP_UP_REQUIRED).
 */
export async function requireActing(
  { principal, actor, reader, isSuspended }: Asker & { readonly reader: CaseReader },
  mutation: string,
): Promise<void> {
  if (principal === null || actor === null) throw new AppError('UNAUTHENTICATED', 'A mutation requires a token.');
  if (!actsAs(actor, ...rolesOfMutation(mutation)))
    throw new AppError('FORBIDDEN', 'A mutation requires a role of its own.');
  if (principal.organisation === AFC_PARTY && !reader.ofTheUnit)
    throw new AppError('FORBIDDEN', 'Cases are worked by the unit whose they are.');
  if (await isSuspended(principal.person)) throw new AppError('FORBIDDEN', 'A suspended person does nothing.');
  if (needsFreshSignIn(mutation) && !isFreshlySignedIn(principal, Date.now()))
    throw new AppError('STEP_UP_REQUIRED', 'An approval requires a strong sign-in of the last quarter of an hour.');
}
