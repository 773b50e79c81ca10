// Whose case a case is: what it is to a reader under each role, and which cases a reader's lists are made of. Both say the same; the one is
// asked of a row that is at hand, the other before any is read. What a field shows to whom is not decided here.

import type { ActorRole } from '../../../shared/vocabulary/role';

/** One who reads. */
export interface CaseReader {
  readonly person: string;
  readonly organisation: string;
  readonly roles: readonly ActorRole[];
  /** Whether the reader belongs to the unit that works the cases kept here. */
  readonly ofTheUnit: boolean;
}

/** What a row is to a reader. WAITING: its case is nobody's yet. OWN: it is the reader's organisation's own. */
export type RowStanding = 'CHARGE' | 'WAITING' | 'OWN' | 'OTHER';

/** As much of a row and its case as decides. */
export interface RowFacts {
  /** Who is in charge of the case; null while nobody is. */
  readonly assignee: string | null;
  /** Whether an order of the case was appealed against. */
  readonly isAppealed: boolean;
  /** Whether the row is the reader's organisation's own; for a case, whether the organisation has a part in it. */
  readonly isOwn: boolean;
}

/** Cases of which a reader's lists are made: those of which one of these holds. */
export interface CaseScope {
  /** Whose lists they are; a place in a list is another reader's nothing. */
  readonly reader: string;
  readonly all: boolean;
  /** In the charge of this person. */
  readonly assignee: string | null;
  /** In nobody's charge yet. */
  readonly waiting: boolean;
  /** Appealed against, and not in the reader's own charge. */
  readonly appealed: boolean;
  /** In which this operator or bank has a part; lists of rows then hold its own alone. */
  readonly organisation: string | null;
}

/** What a row is to the reader under one of the roles. */
export function standingAs(role: ActorRole, reader: CaseReader, facts: RowFacts): RowStanding {
  switch (role) {
    case 'INVESTIGATOR':
      if (facts.assignee === reader.person) return 'CHARGE';
      return facts.assignee === null && reader.ofTheUnit ? 'WAITING' : 'OTHER';
    case 'SUPERVISOR':
      return reader.ofTheUnit ? 'CHARGE' : 'OTHER';
    case 'APPEALS':
      return facts.isAppealed && facts.assignee !== reader.person ? 'CHARGE' : 'OTHER';
    case 'OPERATOR':
    case 'BANK':
    case 'PORTAL':
      return facts.isOwn ? 'OWN' : 'OTHER';
    default:
      return 'OTHER';
  }
}

/** The cases of which the reader's lists are made. */
export function caseScopeOf({ person, organisation, roles, ofTheUnit }: CaseReader): CaseScope {
  const has = (role: ActorRole): boolean => roles.includes(role);
  return {
    reader: person,
    all: (has('SUPERVISOR') && ofTheUnit) || has('AUDITOR'),
    assignee: has('INVESTIGATOR') ? person : null,
    waiting: has('INVESTIGATOR') && ofTheUnit,
    appealed: has('APPEALS'),
    organisation: has('OPERATOR') || has('BANK') ? organisation : null,
  };
}

/** Names under which an organisation reports. */
export function reporterNames(organisation: string): readonly string[] {
  return [organisation, `operator-${organisation}`];
}
