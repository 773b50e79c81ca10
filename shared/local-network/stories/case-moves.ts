// Moves that several stories make: a number that is free to be accused, a report, an investigation, a decision by two people, and waiting until
// a block stands as it should.

import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../../vocabulary/json';
import { objectIn, objectsIn } from '../dossier-answer';
import { numberIn, type Stage, StoryFault, textIn } from './stage';

/** A case in the hands of investigator-1. */
export interface InvestigatedCase {
  readonly caseId: string;
  readonly caseNumber: string;
  readonly msisdn: string;
  readonly reportRef: string;
}

export const INVESTIGATOR = 'investigator-1';
export const SUPERVISOR = 'supervisor-1';

/** A number of an ordinary person at the operator, without a case or a block. */
export async function freeNumber(stage: Stage, operatorCode: string): Promise<string> {
  const spares = stage.network.spares[operatorCode] ?? [];
  const { phoneNumbers } = await stage.ask(INVESTIGATOR, {
    what: `looks for a number at ${operatorCode} that nobody has accused yet`,
    document: `query Free($msisdns: [Msisdn!]!) {
      phoneNumbers(msisdns: $msisdns) { msisdn servingOperator { code } blockStatus { state } cases(first: 1) { nodes { id } } }
    }`,
    variables: { msisdns: [...spares] },
  });
  const free = objectsIn(phoneNumbers).find(
    (number) =>
      objectIn(number, 'servingOperator').code === operatorCode &&
      objectIn(number, 'blockStatus').state === 'NONE' &&
      objectsIn(objectIn(number, 'cases').nodes).length === 0,
  );
  if (free === undefined) {
    throw new StoryFault(
      `Every spare number of ${operatorCode} has its story; start anew with \`npm start -- --reset\`.`,
    );
  }
  return textIn(free, 'msisdn');
}

/** Bank-1 reports a number; investigator-1 triages, takes the case and adds evidence. */
export async function investigate(
  stage: Stage,
  msisdn: string,
  fraudType = 'PHONE_IMPERSONATION',
): Promise<InvestigatedCase> {
  const reportRef = `${fraudType}-${randomUUID()}`;
  const report = await stage.change('bank-1', {
    what: `reports ${msisdn}: a customer was called by a false bank officer`,
    document: `mutation Report($input: ReportSuspicionInput!) {
      reportSuspicion(input: $input) { duplicate case { id number } clocks { rule { id } deadlineAt } userErrors { code message } }
    }`,
    variables: { input: { source: 'BANK_SIGNAL', sourceRef: reportRef, suspect: msisdn, channel: 'CALL', fraudType } },
  });
  const opened = objectIn(report, 'case');
  const found = { caseId: textIn(opened, 'id'), caseNumber: textIn(opened, 'number'), msisdn, reportRef };
  await takeOn(stage, found.caseId, fraudType);
  return found;
}

/** Investigator-1 triages a reported case, takes it on and adds a first piece of evidence. */
export async function takeOn(stage: Stage, caseId: string, fraudType: string): Promise<void> {
  await stage.change(INVESTIGATOR, {
    what: 'triages the report: high severity, to be investigated by the Center',
    document: `mutation Triage($caseId: ID!, $input: TriageInput!) {
      triageReport(caseId: $caseId, input: $input) { case { state } userErrors { code message } }
    }`,
    variables: { caseId, input: { severity: 'HIGH', fraudType, track: 'AFC_INVESTIGATION' } },
  });
  await stage.change(INVESTIGATOR, {
    what: 'takes the case',
    document: `mutation Assign($caseId: ID!) {
      assignCase(caseId: $caseId, assignee: "${INVESTIGATOR}") { case { state } userErrors { code message } }
    }`,
    variables: { caseId },
  });
  await addEvidence(stage, caseId);
}

/** Somebody adds a recording: its digest is kept, never its content. */
export async function addEvidence(stage: Stage, caseId: string, by = INVESTIGATOR): Promise<void> {
  const sha256 = createHash('sha256').update(randomUUID()).digest('hex');
  await stage.change(by, {
    what: 'adds the digest of a recorded call as evidence, locked at once',
    document: `mutation Evidence($caseId: ID!, $input: EvidenceInput!) {
      addEvidence(caseId: $caseId, input: $input) { case { version } userErrors { code message } }
    }`,
    variables: { caseId, input: { kind: 'AUDIO', sha256, capturedAt: new Date().toISOString() } },
  });
}

/** Version of a case now, as the unit's supervisor sees it, whoever is in charge. */
export async function versionOf(stage: Stage, caseId: string): Promise<number> {
  const { fraudCase } = await stage.ask(SUPERVISOR, {
    document: 'query Version($id: ID!) { fraudCase(id: $id) { version } }',
    variables: { id: caseId },
  });
  return numberIn(objectIn({ fraudCase: fraudCase ?? null }, 'fraudCase'), 'version');
}

export const PROPOSE = `mutation Propose($caseId: ID!, $input: DecisionInput!) {
  proposeDecision(caseId: $caseId, input: $input) { case { state version } userErrors { code message } }
}`;

export const APPROVE = `mutation Approve($caseId: ID!, $version: Int!) {
  approveDecision(caseId: $caseId, expectedVersion: $version, comment: "The evidence suffices.") {
    case { state outcome version blockOrders { id state kind operatorCode sequence } decision { proposedBy approvedBy } }
    userErrors { code message }
  }
}`;

/** Investigator-1 proposes to confirm the fraud; resolves with the version that the second person approves. */
export async function propose(stage: Stage, caseId: string): Promise<number> {
  const expectedVersion = await versionOf(stage, caseId);
  const proposed = await stage.change(INVESTIGATOR, {
    what: 'proposes: fraud confirmed, block the number',
    document: PROPOSE,
    variables: {
      caseId,
      input: {
        outcome: 'CONFIRMED',
        reasonCode: 'PHONE_IMPERSONATION',
        findings: 'The caller posed as an officer of the bank.',
        expectedVersion,
      },
    },
  });
  return numberIn(objectIn(proposed, 'case'), 'version');
}

/** Supervisor-1 approves; resolves with the case as it is then. */
export async function approve(stage: Stage, caseId: string, version: number): Promise<JsonObject> {
  const approved = await stage.change(SUPERVISOR, {
    what: 'approves as the second person; the block order is issued in the same transaction',
    document: APPROVE,
    variables: { caseId, version },
  });
  return objectIn(approved, 'case');
}

/** What the dossier says of a number's block, at the bank and in the network. */
export async function blockOf(stage: Stage, msisdn: string, what?: string): Promise<JsonObject> {
  const { phoneNumber } = await stage.ask(INVESTIGATOR, {
    what,
    document: `query Block($msisdn: Msisdn!) {
      phoneNumber(msisdn: $msisdn) {
        blockStatus { state since until underAppeal order { id state version operatorCode sequence receipt liftReceipt supersededBy { id } } }
        currentTenure { operatorCode services { voiceOut voiceIn smsOut data portFreeze } enforcements { orderId state } }
      }
    }`,
    variables: { msisdn },
  });
  return objectIn({ phoneNumber: phoneNumber ?? null }, 'phoneNumber');
}

/** Waits until the bank says that the number's block is in a state; resolves with what the dossier says then. */
export function untilBlock(stage: Stage, msisdn: string, state: string): Promise<JsonObject> {
  stage.narrator.act(INVESTIGATOR, `looks at the dossier of ${msisdn} until the block is ${state}`);
  return stage.until(`the block of ${msisdn} is ${state}`, async () => {
    const number = await blockOf(stage, msisdn);
    return objectIn(number, 'blockStatus').state === state ? number : null;
  });
}

/** From a free number to a block in force: everything that two people and an operator do. */
export async function block(
  stage: Stage,
  operatorCode: string,
): Promise<InvestigatedCase & { readonly orderId: string; readonly latencyMs: number }> {
  const found = await investigate(stage, await freeNumber(stage, operatorCode));
  const version = await propose(stage, found.caseId);
  const beganMs = performance.now();
  await approve(stage, found.caseId, version);
  const number = await untilBlock(stage, found.msisdn, 'BLOCKED');
  const latencyMs = Math.round(performance.now() - beganMs);
  return { ...found, orderId: textIn(objectIn(objectIn(number, 'blockStatus'), 'order'), 'id'), latencyMs };
}
