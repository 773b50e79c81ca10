// Every decision about every field: for each role, in each situation in which its reader may stand to what is asked. Worked out by the very
// functions that decide at the gateway, at fraud-cases and where grants are given; written down in decisions.txt.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { viewOf } from '../../gateway/access/guard';
import { fieldCoordinates } from '../../gateway/supergraph/compose';
import { accessOf, rowField } from '../../shared/access/policy';
import { ACTOR_ROLES, type ActorRole } from '../../shared/vocabulary/role';
import { decideDisclosure, type LookBasis } from '../../subgraphs/fraud-cases/disclosure/disclosure-decision';
import type { AskedSubject } from '../../subgraphs/fraud-cases/disclosure/disclosure-request';
import { type CaseReader, type RowFacts, standingAs } from '../../subgraphs/fraud-cases/domain/case-scope';

const SUPERGRAPH = join(__dirname, '..', '..', 'gateway', 'supergraph', 'supergraph.graphql');
const CASE_ID = '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10';
const ME = 'me';

/** How a reader stands to what is asked. */
interface Situation {
  readonly what: string;
  readonly facts: RowFacts;
  /** Whether the reader's unit works the case. */
  readonly ofTheUnit: boolean;
  readonly isOpen: boolean;
  /** Whether the request names the case and a purpose. */
  readonly isNamed: boolean;
}

const OWN_CASE: RowFacts = { assignee: ME, isAppealed: false, isOwn: false };

/** In the order of the letters of a cell. */
export const SITUATIONS: readonly Situation[] = [
  { what: 'the case is open and the reader’s own', facts: OWN_CASE, ofTheUnit: true, isOpen: true, isNamed: true },
  { what: 'the same, closed', facts: OWN_CASE, ofTheUnit: true, isOpen: false, isNamed: true },
  {
    what: 'the same, open, and neither case nor purpose named',
    facts: OWN_CASE,
    ofTheUnit: true,
    isOpen: true,
    isNamed: false,
  },
  {
    what: 'another’s case in the same unit, appealed against',
    facts: { assignee: 'another', isAppealed: true, isOwn: false },
    ofTheUnit: true,
    isOpen: true,
    isNamed: true,
  },
  {
    what: 'a case of another unit',
    facts: { assignee: 'another', isAppealed: false, isOwn: false },
    ofTheUnit: false,
    isOpen: true,
    isNamed: true,
  },
  {
    what: 'a case that nobody has taken yet',
    facts: { assignee: null, isAppealed: false, isOwn: false },
    ofTheUnit: true,
    isOpen: true,
    isNamed: true,
  },
  {
    what: 'a row of the reader’s own organisation',
    facts: { assignee: 'another', isAppealed: false, isOwn: true },
    ofTheUnit: false,
    isOpen: true,
    isNamed: true,
  },
  {
    what: 'a row of another organisation',
    facts: { assignee: 'another', isAppealed: false, isOwn: false },
    ofTheUnit: false,
    isOpen: true,
    isNamed: false,
  },
];

/** Every field that clients may ask for, as `Type.field`. */
export function coordinates(): readonly string[] {
  return [...fieldCoordinates(readFileSync(SUPERGRAPH, 'utf8'))].sort();
}

/** The whole table as it is committed. */
export function decisionTable(): string {
  const fields = coordinates();
  const width = Math.max(...fields.map((field) => field.length));
  const head = [
    'What becomes of every field, for every role. One letter for each situation, in this order:',
    ...SITUATIONS.map(({ what }, index) => `  ${index + 1}  ${what}`),
    '',
    '  S shown   N shown, with a role’s name for a person   P shown, with a pseudonym for a person',
    '  M by a grant, masked   C by a grant, in clear   ? refused: PURPOSE_REQUIRED   - refused: FORBIDDEN, or not there',
    '',
    `${''.padEnd(width)}  ${ACTOR_ROLES.map((role) => role.slice(0, 8).padEnd(8)).join(' ')}`,
  ];
  const rows = fields.map((field) => {
    const cells = ACTOR_ROLES.map((role) => SITUATIONS.map((situation) => decide(field, role, situation)).join(''));
    return `${field.padEnd(width)}  ${cells.join(' ')}`;
  });
  return `${[...head, ...rows].join('\n')}\n`;
}

/** One decision, as a letter. */
export function decide(coordinate: string, role: ActorRole, situation: Situation): string {
  const named = situation.isNamed ? { caseId: CASE_ID, purpose: 'INVESTIGATION' } : { caseId: null, purpose: null };
  const refusal = viewOf({ roles: [role] }, named).refusalOf(coordinate, new Set());
  if (refusal !== null) return refusal === 'FORBIDDEN' ? '-' : '?';
  // Of whom a root field asks, the bank must know from what was shown for the case.
  if (LOOKED_UP.has(coordinate)) return holdsCase(role, situation) ? 'S' : '-';
  const access = accessOf(coordinate, role);
  if (access === 'MASKED' || access === 'CLEAR') return granted(coordinate, role, situation);
  const reader: CaseReader = { person: ME, organisation: 'mine', roles: [role], ofTheUnit: situation.ofTheUnit };
  const shown = rowField(coordinate, [role], (as) => standingAs(as, reader, situation.facts));
  return { SHOWN: 'S', ROLE_NAME: 'N', PSEUDONYM: 'P', REFUSED: '-' }[shown];
}

/** What the bank grants of one subject of the kind that the field hangs on. */
function granted(coordinate: string, role: ActorRole, situation: Situation): string {
  const holds = holdsCase(role, situation);
  const basis: LookBasis = {
    kind: holds ? 'CASE' : 'NONE',
    isClearTenure: () => holds,
    hasOccurred: () => holds,
    isStaffLink: () => false,
  };
  const type = SUBJECT_OF.get(coordinate.slice(0, coordinate.indexOf('.'))) ?? 'OperatorTenure';
  const subject: AskedSubject = { type, id: 'x', since: null, key: `${type}:x` };
  const request = {
    caseId: situation.isNamed ? CASE_ID : null,
    purpose: situation.isNamed ? ('INVESTIGATION' as const) : null,
    roots: [],
    misses: 0,
    reads: [{ operatorCode: 'kcell', subjects: [subject], fields: [coordinate] }],
  };
  const decided = decideDisclosure(request, role, basis);
  const [grant] = decided.granted;
  if (grant?.fields.includes(coordinate) === true) return grant.class === 'CLEAR' ? 'C' : 'M';
  return decided.refused.some(({ code }) => code === 'PURPOSE_REQUIRED') ? '?' : '-';
}

/** Whether the reader names an open case that is in their charge. */
function holdsCase(role: ActorRole, { isNamed, isOpen, facts, ofTheUnit }: Situation): boolean {
  const reader: CaseReader = { person: ME, organisation: 'mine', roles: [role], ofTheUnit };
  return isNamed && isOpen && standingAs(role, reader, facts) === 'CHARGE';
}

const LOOKED_UP: ReadonlySet<string> = new Set(['Query.person', 'Query.legalEntity', 'Query.device']);

/** Of whom an operator tells by a field of these types; by all others, of a number. */
const SUBJECT_OF: ReadonlyMap<string, AskedSubject['type']> = new Map([
  ['OperatorHolding', 'OperatorHolding'],
  ['CapJustification', 'OperatorHolding'],
  ['CorporateHolding', 'CorporateHolding'],
  ['DeviceSighting', 'DeviceSighting'],
]);
