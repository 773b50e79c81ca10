// Everything by which the bank lets others show something, put together: the desk with its routes, the trail of looks, and how alarms are told.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { CallHttp } from '../../../shared/service/http-call';
import type { Logger } from '../../../shared/service/logger';
import { createLineCourseCall } from '../commands/line-course-call';
import type { QuorumGate } from '../commands/quorum-gate';
import type { AccessAlarm, LookLimits } from '../domain/look-limits';
import type { BankTrust } from '../log/bank-trust';
import { keepOccurrences } from '../store/case-standing';
import type { CaseTransactions } from '../store/case-transaction';
import { openWorkPool } from '../store/work-pool';
import { type AccessTrail, createAccessTrail } from './access-trail';
import { createDisclosureDesk } from './disclosure-desk';
import { type DisclosureRouteParts, disclosureRoutes } from './disclosure-route';
import type { KeyedHash } from './keyed-hash';
import { createServedPlaces } from './look-basis';

/** What an office is made of. */
export interface DisclosureOfficeParts {
  readonly transactions: CaseTransactions;
  readonly databaseUrl: string;
  readonly trust: BankTrust;
  readonly author: ActAuthor;
  readonly grantKey: KeyPair;
  readonly hash: KeyedHash;
  readonly limits: LookLimits;
  /** The unit whose cases these are. */
  readonly caseUnit: string;
  readonly numberingUrl: string;
  /** How numbering is called; in the clear on this machine unless told. */
  readonly call?: CallHttp;
  readonly mayExpose: QuorumGate;
  readonly isLogWhole: () => boolean;
  readonly logger: Logger;
}

/** An office that is open. */
export interface DisclosureOffice {
  readonly trail: AccessTrail;
  /** A handler of the routes. `principalOf` is how the service knows who signed in; `onRefusal` is told what the gateway did not sign. */
  routes(
    parts: Pick<DisclosureRouteParts, 'principalOf' | 'onRefusal'>,
  ): (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  stop(): Promise<void>;
}

/** Opens the office over a database at head. */
export function openDisclosures(parts: DisclosureOfficeParts): DisclosureOffice {
  const { transactions, trust, author, hash, limits, logger } = parts;
  const source = openWorkPool(parts.databaseUrl, 'disclosures');
  const desk = createDisclosureDesk({
    transactions,
    author,
    grantKey: parts.grantKey,
    hash,
    limits,
    caseUnit: parts.caseUnit,
    places: createServedPlaces(createLineCourseCall(parts.numberingUrl, parts.call)),
    mayExpose: parts.mayExpose,
    isLogWhole: parts.isLogWhole,
    onAlarm: (kind) => tellAlarm(logger, kind),
  });
  const bank = trust.root.parties.find(({ code }) => code === trust.bank);
  const gatewayKeys = (bank?.keys ?? []).filter(({ role }) => role === 'gateway').map(({ key }) => key);
  return {
    trail: createAccessTrail({ transactions, author, hash }),
    routes: (told) =>
      disclosureRoutes({
        desk,
        gatewayKeys,
        ...told,
        keepOccurrences: ({ grantId, identifiers }) =>
          keepOccurrences(source, grantId, identifiers.map(hash.identityOf)),
      }),
    stop: () => source.end(),
  };
}

/** Whom it is about stands in the table of alarms. */
export function tellAlarm(logger: Logger, alarm: AccessAlarm): void {
  logger.warn({ alarm }, 'a look at personal data raises an alarm');
}
