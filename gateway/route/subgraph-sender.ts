// Sends each fetch of a plan to whoever must answer it: one call to a subgraph of the bank, or one call to each operator whose rows
// are asked. Decides how calls are dealt out and in which order; how a call is made is decided in bank-call.ts and operator-call.ts.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import { parseOperatorCode } from '../../shared/vocabulary/operator-code';
import type { PartitionRule, SupergraphRoutes } from '../supergraph/partition-rules';
import { isJsonObject } from './answer-body';
import { type BankCalls, failedFetch } from './bank-call';
import type { Directory } from './directory';
import type { OperatorCalls } from './operator-call';
import { joinAnswers, representationsOf, type Share, type Split, splitByTarget, targetByField } from './partition';
import type { Send, SubgraphAnswer, SubgraphCall, SubgraphError } from './subgraph-call';
import type { AskedField, Question, Questions } from './trust';
import type { Disclosure, WaveGrant, WaveRead } from './wave';

/** A `Send` over one supergraph. Everything that must outlive a reload of the supergraph is passed in. */
export function createSubgraphSender(options: {
  readonly routes: SupergraphRoutes;
  readonly directory: Directory;
  readonly bank: BankCalls;
  readonly operators: OperatorCalls;
  /** The question of a fetch of a partitioned subgraph. */
  readonly questionOf: Questions;
  /** Given, no row of a partitioned subgraph is asked for that it does not allow. */
  readonly disclosure?: Disclosure | undefined;
}): Send {
  const { routes, directory, bank, operators, questionOf, disclosure } = options;
  const targets = new Map([...routes.partitioned.values()].map((rule) => [rule, targetByField(rule.fields)]));

  function sendToBank(call: SubgraphCall): Promise<SubgraphAnswer> {
    const { serviceName, entities } = call.fetch;
    const url = bank.addressOf(serviceName);
    if (url === null) return Promise.resolve(failedFetch(serviceName));
    if (entities.length === 0) return bank.ask(url, call, call.variables);
    const split = splitByTarget(entities, call.variables, toOneServer);
    return askShares(call, split, ({ variables }) => bank.ask(url, call, variables));
  }

  function sendEntities(rule: PartitionRule, call: SubgraphCall): Promise<SubgraphAnswer> {
    const { serviceName } = rule;
    const { entities } = call.fetch;
    const split = splitByTarget(entities, call.variables, targets.get(rule) ?? toNobody);
    const askedOf = (target: string): Question => questionOf(rule, call.fetch, directory.schemaOf(serviceName, target));
    // Begun before anything is waited for, so that what one step of the plan asks for is asked for together.
    const reads = disclosure === undefined ? [] : split.shares.flatMap((share) => readsOf(rule, call, share, askedOf));
    const allowed = reads.length === 0 ? null : disclosure?.allow(call.context, reads);
    return askShares(call, split, async ({ target, variables }) => {
      const url = directory.addressOf(serviceName, target);
      if (url === null) return lostRows(call, variables, 'NOT_ROUTABLE', target);
      const question = askedOf(target);
      const grant = allowed ? (await allowed)(target) : NOTHING_REFUSED;
      if ('lost' in grant) return lostRows(call, variables, grant.lost, null);
      const { headers, refusalsOf, refusedSubjects, watch } = grant;
      const lossOf = (representation: JsonValue): string => {
        if (!isJsonObject(representation)) return NONE;
        if (question.unknownTypes.has(String(representation.__typename))) return UNKNOWN;
        const subject = refusedSubjects.size === 0 ? null : question.fields.subjectOf(representation);
        return (subject === null ? undefined : refusedSubjects.get(subject)) ?? NONE;
      };
      const ask = async (own: JsonObject): Promise<SubgraphAnswer> => {
        const outcome = await operators.ask({ url, target, asked: question.whole, variables: own, call, headers });
        if ('lost' in outcome) return lostRows(call, own, outcome.lost, target);
        await watch?.tell(question.fields.valuesAt(watch.coordinates, outcome, own));
        return refusalsOf === null ? outcome : question.fields.without(outcome, own, refusalsOf);
      };
      if (question.unknownTypes.size === 0 && refusedSubjects.size === 0) return ask(variables);
      // Rows of types that this server does not know, and rows that were refused, are lost without being sent to it.
      const dealt = splitByTarget(entities, variables, lossOf);
      return askShares({ ...call, variables }, dealt, async (share) => {
        if (share.target === NONE) return ask(share.variables);
        if (share.target === UNKNOWN) return lostRows(call, share.variables, 'OPERATOR_ERROR', target);
        return lostRows(call, share.variables, share.target as ErrorCode, null);
      });
    });
  }

  function readsOf(
    rule: PartitionRule,
    { fetch }: SubgraphCall,
    { target, variables }: Share,
    askedOf: (target: string) => Question,
  ): readonly WaveRead[] {
    if (directory.addressOf(rule.serviceName, target) === null) return [];
    const { fields, unknownTypes } = askedOf(target);
    return fetch.entities.flatMap((entity, place) => {
      const subjects = new Set<string>();
      for (const representation of representationsOf(variables, entity)) {
        const isKnown = isJsonObject(representation) && !unknownTypes.has(String(representation.__typename));
        const subject = isKnown ? fields.subjectOf(representation) : null;
        if (subject !== null) subjects.add(subject);
      }
      return subjects.size === 0 ? [] : [{ target, subjects: [...subjects], fields: fields.coordinates[place] ?? [] }];
    });
  }

  /** Root mutations, one call per field in the order of the document: the next is not begun before the one before has ended. */
  async function sendRootFields(rule: PartitionRule, call: SubgraphCall): Promise<SubgraphAnswer> {
    const data: Record<string, JsonValue> = Object.create(null);
    const errors: SubgraphError[] = [];
    for (const [place, field] of questionOf(rule, call.fetch, null).rootFields.entries()) {
      const answer = await askField(rule, field, place, call);
      data[field.responseKey] = answer.data?.[field.responseKey] ?? null;
      errors.push(...answer.errors);
    }
    return { data, errors };
  }

  async function askField(
    rule: PartitionRule,
    field: AskedField,
    place: number,
    call: SubgraphCall,
  ): Promise<SubgraphAnswer> {
    const lost = (code: ErrorCode, target: string | null): SubgraphAnswer => ({
      data: null,
      errors: [{ path: [field.responseKey], code, ...named(target) }],
    });
    const target = field.targetIn(call.variables);
    const url = target === null ? null : directory.addressOf(rule.serviceName, target);
    if (target === null || url === null) return lost('NOT_ROUTABLE', target);
    const served = directory.schemaOf(rule.serviceName, target);
    const asked = served === null ? field : questionOf(rule, call.fetch, served).rootFields[place];
    if (asked === undefined || asked.lacking) return lost('OPERATOR_ERROR', target);
    const outcome = await operators.ask({ url, target, asked, variables: call.variables, call });
    return 'lost' in outcome ? lost(outcome.lost, target) : outcome;
  }

  return (call) => {
    const rule = routes.partitioned.get(call.fetch.serviceName);
    if (rule === undefined) return sendToBank(call);
    return call.fetch.entities.length > 0 ? sendEntities(rule, call) : sendRootFields(rule, call);
  };
}

/** Names of shares of an operator: what it is asked, and what it does not know; the others are named by the code of their refusal. */
const NONE = 'none';
const UNKNOWN = 'unknown';

const NOTHING_REFUSED: WaveGrant = { headers: {}, refusalsOf: null, refusedSubjects: new Map(), watch: null };

const toOneServer = (): string => '';
const toNobody = (): null => null;

function askShares(
  call: SubgraphCall,
  split: Split,
  ask: (share: { readonly target: string; readonly variables: JsonObject }) => Promise<SubgraphAnswer>,
): Promise<SubgraphAnswer> {
  const [first] = split.shares;
  if (first !== undefined && first.positions === null) return ask(first);
  return Promise.all(split.shares.map(ask)).then((answers) =>
    joinAnswers(call.fetch.entities, call.variables, split, answers),
  );
}

/** An answer in which every row of a share is lost for the same reason; `target` is the server at fault, if one is. */
function lostRows(call: SubgraphCall, variables: JsonObject, code: ErrorCode, target: string | null): SubgraphAnswer {
  const data: Record<string, JsonValue> = Object.create(null);
  const errors: SubgraphError[] = [];
  for (const entity of call.fetch.entities) {
    const rows = representationsOf(variables, entity);
    data[entity.responseKey] = rows.map(() => null);
    rows.forEach((_row, place) => {
      errors.push({ path: [entity.responseKey, place], code, ...named(target) });
    });
  }
  return { data, errors };
}

/** A target is named to the client only when it has the form of an operator's code. */
function named(target: string | null): { readonly operatorCode?: string } {
  return target !== null && parseOperatorCode(target).ok ? { operatorCode: target } : {};
}
