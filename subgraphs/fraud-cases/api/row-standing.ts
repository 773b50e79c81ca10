// What each row is to the reader of a request, found out from the row itself and from the case to which it belongs, as both stand in the
// database now. Each row is asked about once a request, and rows of one case share what the case costs.

import type { ActorRole } from '../../../shared/vocabulary/role';
import { type CaseReader, type RowFacts, type RowStanding, reporterNames, standingAs } from '../domain/case-scope';
import type { CaseLoaders } from './fraud-cases-context';

/** What a row is to the reader under one of the reader's roles. */
export type StandingAs = (role: ActorRole) => RowStanding;

/** Tells what rows are to the reader of a request. */
export interface RowStandings {
  /** At once when it was asked before. A row that belongs to no case is nobody's but its organisation's. */
  of(typeName: string, row: object): StandingAs | Promise<StandingAs>;
  /** After a command, everything is asked anew. */
  forget(): void;
}

/** As much of a row as tells to whom it belongs; members are there by type. */
interface OwnedRow {
  readonly id?: string;
  readonly caseId?: string;
  readonly assignee?: string | null;
  readonly operatorCode?: string;
  readonly reporter?: string;
  readonly bank?: string;
  readonly party?: string;
}

/** The standings of one request. */
export function createRowStandings(reader: CaseReader, loaders: CaseLoaders): RowStandings {
  let known = new WeakMap<object, StandingAs | Promise<StandingAs>>();
  /** Who is in charge of the cases that were met. */
  let assignees = new Map<string, string | null>();
  const { roles } = reader;
  const looksAtCase = roles.includes('INVESTIGATOR') || roles.includes('APPEALS');
  const looksAtAppeals = roles.includes('APPEALS');
  const looksAtOwner = roles.some((role) => role === 'OPERATOR' || role === 'BANK' || role === 'PORTAL');

  async function factsOf(typeName: string, row: OwnedRow): Promise<RowFacts> {
    const caseId = typeName === 'FraudCase' ? row.id : row.caseId;
    if (typeName === 'FraudCase' && caseId !== undefined) assignees.set(caseId, row.assignee ?? null);
    const isOwn = looksAtOwner ? ownerFits(typeName, row, reader) : false;
    if (caseId === undefined) return { ...NOBODYS, isOwn: isOwn ?? false };
    const [assignee, appeals, hasPart] = await Promise.all([
      looksAtCase ? assigneeOf(caseId) : NOBODYS.assignee,
      looksAtAppeals ? loaders.appeals.load(caseId) : null,
      isOwn === null ? loaders.ownPart.load(caseId) : null,
    ]);
    return { assignee, isAppealed: appeals !== null, isOwn: isOwn ?? hasPart === true };
  }

  async function assigneeOf(caseId: string): Promise<string | null> {
    const met = assignees.get(caseId);
    if (met !== undefined) return met;
    const fraudCase = await loaders.fraudCase.load(caseId);
    return fraudCase === null ? NOBODYS.assignee : fraudCase.assignee;
  }

  return {
    of(typeName, row) {
      const before = known.get(row);
      if (before !== undefined) return before;
      const asked = factsOf(typeName, row).then((facts) => {
        const standing: StandingAs = (role) => standingAs(role, reader, facts);
        known.set(row, standing);
        return standing;
      });
      known.set(row, asked);
      return asked;
    },
    forget() {
      known = new WeakMap();
      assignees = new Map();
    },
  };
}

/** A row without a case, or of one that is gone: in nobody's charge, and not waiting for anybody either. */
const NOBODYS = { assignee: '', isAppealed: false } as const;

/** Whether the row itself names the reader's organisation; null where the case has to tell. */
function ownerFits(typeName: string, row: OwnedRow, { organisation }: CaseReader): boolean | null {
  switch (typeName) {
    case 'BlockOrder':
    case 'InformationRequest':
      return row.operatorCode === organisation;
    case 'SuspicionReport':
      return row.reporter !== undefined && reporterNames(organisation).includes(row.reporter);
    case 'Loss':
      return row.bank === organisation;
    case 'DutyClock':
    case 'DutyReportRow':
      return row.party === organisation;
    case 'FraudCase':
      return null;
    default:
      return false;
  }
}
