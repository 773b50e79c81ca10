// All commands of the bank over one database, as the service starts them: what the api may call, and what works by itself beside it.

import type { DataSource } from 'typeorm';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { CallHttp } from '../../../shared/service/http-call';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { BankTrust } from '../log/bank-trust';
import { hasUntoldHistory } from '../store/case-event';
import type { CaseStore } from '../store/case-store';
import { type CaseTransactions, caseTransactions } from '../store/case-transaction';
import { type AppealCommands, appealCommands } from './appeal-commands';
import { type BreakGlassCommands, type BreakGlassParts, breakGlassCommands } from './break-glass-commands';
import { type CaseCommands, caseCommands } from './case-commands';
import type { CommandDesk } from './command-desk';
import { type LiabilityCommands, liabilityCommands } from './liability-commands';
import { type OrderCommands, orderCommands } from './order-commands';
import type { QuorumGate } from './quorum-gate';
import { createNumbering } from './serving-operator';

/** What commands are made of. */
export interface CommandParts {
  readonly dataSource: DataSource;
  readonly store: CaseStore;
  readonly trust: BankTrust;
  readonly author: ActAuthor;
  readonly orderKey: KeyPair;
  /** Origin of numbering. */
  readonly numberingUrl: string;
  /** How numbering is called; in the clear on this machine unless told. */
  readonly call?: CallHttp;
  /** How looks without a case are limited and told; where it is left out there are none. */
  readonly breakGlass?: BreakGlassParts;
  /** What a lift waits for; nothing where it is left out. */
  readonly mayExpose?: QuorumGate;
  /** Told how each command ended. */
  readonly told?: CommandDesk['told'];
}

/** Every command that the api may call. */
export interface Commands {
  readonly cases: CaseCommands;
  readonly orders: OrderCommands;
  readonly appeals: AppealCommands;
  readonly liability: LiabilityCommands;
  /** Null where nobody is granted anything. */
  readonly breakGlass: BreakGlassCommands | null;
}

/** The commands, and the desk at which they and whatever works beside them are run. */
export interface CommandOffice {
  readonly desk: CommandDesk;
  readonly commands: Commands;
}

/** Commands over a database at head; nothing runs by itself. */
export function openCommands(parts: CommandParts): CommandOffice {
  const { dataSource, store, trust, author, orderKey, told } = parts;
  const desk: CommandDesk = { transactions: afterHistory(caseTransactions(dataSource)), author, orderKey, told };
  const numbering = createNumbering(parts.numberingUrl, parts.call);
  return {
    desk,
    commands: {
      cases: caseCommands({ desk, trust, numbering, store }),
      orders: orderCommands(desk, numbering, parts.mayExpose),
      appeals: appealCommands(desk),
      liability: liabilityCommands(desk),
      breakGlass: parts.breakGlass === undefined ? null : breakGlassCommands(desk, numbering, parts.breakGlass),
    },
  };
}

/**
 * Transactions that begin once the history of seeded cases is told: what happened before comes into the log before what happens now. They
 * reject with SUBGRAPH_UNAVAILABLE until then; once told, it is asked no more, because cases are seeded before anything else.
 */
function afterHistory(transactions: CaseTransactions): CaseTransactions {
  let isTold = false;
  return {
    ...transactions,
    run: (work, first) =>
      transactions.run(async (session, now, rows) => {
        if (!isTold && (await hasUntoldHistory(session))) {
          throw new AppError('SUBGRAPH_UNAVAILABLE', 'Seeded cases have not told their history yet.');
        }
        isTold = true;
        return work(session, now, rows);
      }, first),
  };
}
