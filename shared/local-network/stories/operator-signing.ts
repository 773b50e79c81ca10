// How an operator's own systems speak: their words are signed by the operator's own process, and go to the bank with what opens them. Also how
// they find the act that they answer: in the trail of the case.

import type { JsonObject } from '../../vocabulary/json';
import { isObject, objectIn, objectsIn } from '../dossier-answer';
import { INVESTIGATOR } from './case-moves';
import { type Stage, StoryFault, textIn } from './stage';

/** What an operator says: which act of a case it answers, if it answers one. */
export interface Statement {
  readonly kind: 'suspicion.reported' | 'check.recorded';
  readonly caseId?: string;
  readonly ref?: readonly string[];
  readonly fields: JsonObject;
}

/** Has the operator's process sign: the act, its salt and its openings, as mutations want them. */
export async function signAtOperator(stage: Stage, operatorCode: string, statement: Statement): Promise<JsonObject> {
  const { kind, caseId, ref = [], fields } = statement;
  stage.narrator.act(`operator-${operatorCode}`, `has ${kind} signed by the operator's own process`);
  const url = new URL('/acts', stage.network.subgraphs.operators[operatorCode]?.url).toString();
  const reply = await stage.post(url, { kind, ...(caseId === undefined ? {} : { caseId }), ref: [...ref], fields });
  if (reply.status !== 200 || !isObject(reply.body))
    throw new StoryFault(`The operator did not sign (${reply.status}).`);
  return reply.body;
}

const REPORT = `mutation Relay($input: ReportSuspicionInput!, $act: SignedActInput) {
  reportSuspicion(input: $input, act: $act) {
    duplicate case { id number } clocks { rule { id title } deadlineAt } userErrors { code message }
  }
}`;

/** An operator's report of its own detection, signed by itself. */
export interface Detection {
  readonly operatorCode: string;
  readonly input: JsonObject;
  readonly act: JsonObject;
}

/** Signs a detection; `input` without what is the same for every one. */
export async function detect(stage: Stage, operatorCode: string, input: JsonObject): Promise<Detection> {
  const told = { source: 'OPERATOR_DETECTION', channel: 'CALL', ...input };
  // Every member is committed to, also where there is nothing.
  const fields = { victim: null, fraudType: null, occurredAt: null, text: null, ...told };
  return {
    operatorCode,
    input: told,
    act: await signAtOperator(stage, operatorCode, { kind: 'suspicion.reported', fields }),
  };
}

/** Tells the bank; the payload. */
export function reportDetection(
  stage: Stage,
  { operatorCode, input, act }: Detection,
  what: string,
): Promise<JsonObject> {
  return stage.change(`operator-${operatorCode}`, { what, document: REPORT, variables: { input, act } });
}

/** The acts of a case in the order of the log. */
export async function trailOf(stage: Stage, caseId: string): Promise<readonly JsonObject[]> {
  const data = await stage.ask(INVESTIGATOR, {
    document:
      'query Trail($id: ID!) { fraudCase(id: $id) { trail(first: 100) { nodes { act author leafHash state } } } }',
    variables: { id: caseId },
  });
  return objectsIn(objectIn(objectIn(data, 'fraudCase'), 'trail').nodes);
}

/** Leaf hash of the newest act of a kind on a case: what an answer refers to. */
export async function leafOf(stage: Stage, caseId: string, kind: string): Promise<string> {
  const entry = (await trailOf(stage, caseId)).findLast((each) => kindOf(textIn(each, 'act')) === kind);
  if (entry === undefined) throw new StoryFault(`The trail has no ${kind}.`);
  return textIn(entry, 'leafHash');
}

/** The kind that a signed act says; whether it is true is for the verifier. */
function kindOf(act: string): unknown {
  const payload: unknown = JSON.parse(Buffer.from(act.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return isObject(payload as JsonObject) ? (payload as JsonObject).act : null;
}
