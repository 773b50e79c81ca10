// Who can sign in to a local network: the people and machines of the demonstration, what each token says about them, and the clients by
// which they ask for tokens. Invented, and known to nothing that runs for real: there, an organisation's own issuer says who is who.

import type { ActorRole } from '../vocabulary/role';

/** A person or machine of the demonstration. */
export interface DemoUser {
  readonly name: string;
  readonly kind: 'PERSON' | 'MACHINE';
  /** Code of the party that it acts for. */
  readonly organisation: string;
  readonly roles: readonly ActorRole[];
  /** Unit of a person; null for machines. */
  readonly unit: string | null;
}

/** The client that asks for the tokens of people, on this machine, without a password. */
export const PEOPLE_CLIENT = 'demo-cli';

/** The client of a console in a browser: authorization code with PKCE. */
export const CONSOLE_CLIENT = 'demo-console';

/** The machine by which the bank's own case service signs in. */
export const DISPATCHER_CLIENT = 'afc-dispatcher';

/** Who commands act as unless they are told. */
export const DEFAULT_USER = 'investigator-1';

/** Everybody who can get a token. */
export const DEMO_USERS: readonly DemoUser[] = [
  person('investigator-1', 'INVESTIGATOR'),
  person('investigator-2', 'INVESTIGATOR'),
  person('supervisor-1', 'SUPERVISOR'),
  person('supervisor-2', 'SUPERVISOR'),
  person('appeals-1', 'APPEALS'),
  person('analyst-1', 'ANALYST'),
  person('auditor-1', 'AUDITOR'),
  person('admin-1', 'ADMIN'),
  machine('operator-kcell', 'OPERATOR', 'kcell'),
  machine('operator-beeline', 'OPERATOR', 'beeline'),
  machine('operator-tele2', 'OPERATOR', 'tele2'),
  machine('bank-1', 'BANK', 'bank-1'),
  machine('bank-2', 'BANK', 'bank-2'),
  machine('portal-1', 'PORTAL', 'portal-1'),
  machine(DISPATCHER_CLIENT, 'DISPATCHER', 'afc'),
];

/** The user of that name; null when there is none. */
export function demoUser(name: string): DemoUser | null {
  return DEMO_USERS.find((user) => user.name === name) ?? null;
}

/** Names of the clients that prove themselves with a key of their own. */
export function keyedClients(): readonly string[] {
  return [PEOPLE_CLIENT, ...DEMO_USERS.filter((user) => user.kind === 'MACHINE').map((user) => user.name)];
}

/** The client through which a user gets a token. */
export function clientOf(user: DemoUser): string {
  return user.kind === 'MACHINE' ? user.name : PEOPLE_CLIENT;
}

function person(name: string, role: ActorRole): DemoUser {
  return { name, kind: 'PERSON', organisation: 'afc', roles: [role], unit: 'almaty-1' };
}

function machine(name: string, role: ActorRole, organisation: string): DemoUser {
  return { name, kind: 'MACHINE', organisation, roles: [role], unit: null };
}
