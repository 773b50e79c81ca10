// The one GraphQL request of a dossier. Who holds a line is asked for masked for every contract, and in clear for the contract in
// force alone: there, and nowhere else, an open case discloses it. Without a case nothing is asked in clear, traffic included.

import { addDays, dayOf } from '../vocabulary/day';
import type { JsonObject } from '../vocabulary/json';
import type { Msisdn } from '../vocabulary/msisdn';

/** Days of usage that a dossier shows. */
export const USAGE_DAYS = 30;

/** Variables of `DOSSIER_QUERY` for a number at an instant, asked under a case or not. */
export function dossierVariables(msisdn: Msisdn, nowMs: number, underCase = false): JsonObject {
  const today = dayOf(nowMs);
  return { msisdn, from: addDays(today, 1 - USAGE_DAYS), to: today, clear: underCase };
}

export const DOSSIER_QUERY = `query Dossier($msisdn: Msisdn!, $from: Date!, $to: Date!, $clear: Boolean = false) {
  operators { code name }
  phoneNumber(msisdn: $msisdn) {
    msisdn
    rangeHolder { code name }
    servingOperator { code name }
    portings { donor { code name } recipient { code name } completedAt }
    blockStatus {
      state since until reason underAppeal
      order { id kind state measures operatorCode issuedAt enforcedAt }
    }
    openCase { ...CaseLine }
    cases(first: 20) { totalCount nodes { ...CaseLine } }
    tenures {
      operatorCode since until
      contract { id ...Clear @include(if: $clear) }
      contracts { id ...Contract }
      services { voiceOut voiceIn smsOut smsIn data portFreeze simSwapFreeze reason }
      risk { level ruleSetVersion computedAt indicators { code severity value threshold windowHours firedAt } }
      simSwap { swapped latestSimChange monitoredPeriodDays }
      deviceSwap { swapped latestDeviceChange monitoredPeriodDays }
      enforcements { orderId sequence state receivedAt enforcedAt liftedAt }
      usage(from: $from, to: $to) @include(if: $clear) {
        day callsOut callsIn distinctCallees minutesOut minutesIn smsOut smsIn distinctSmsRecipients dataMb
        distinctCells distinctImei complaints
      }
    }
  }
}
fragment CaseLine on FraudCase { id number state outcome fraudType severity openedAt dueAt assignee }
fragment Clear on LineContract {
  subscriber { iin bin fullName }
  assignedUser { iin fullName }
}
fragment Contract on LineContract {
  status plan activatedAt endedAt
  subscriber { kind maskedIin maskedName bin }
  assignedUser { maskedIin maskedName }
  verification { result method verifiedAt attempts }
  simCards { maskedIccid issuedAt replacedAt reason }
  devices { maskedImei model firstSeenAt lastSeenAt registryStatus distinctImsi30d }
  dealer { name region soldAt }
}
`;
