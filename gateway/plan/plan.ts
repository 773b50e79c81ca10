// From the client's text to a prepared operation: parse, count, validate, plan, keep. Nothing is planned that was not validated:
// the planner does not survive a fragment that contains itself. Planning runs off the event loop and ends at its deadline.

import {
  type DocumentNode,
  GraphQLError,
  getNamedType,
  isInterfaceType,
  isLeafType,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  Source,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { AppError } from '../../shared/vocabulary/app-error';
import { accepted, type Result, refused } from '../../shared/vocabulary/result';
import type { Supergraph } from '../supergraph/load';
import { carriesLiterals } from './carried-literals';
import { type CompiledPlan, compilePlan } from './compile-plan';
import { type FieldView, NO_REFUSALS, type RefusedFields, viewOperation } from './field-view';
import { DEFAULT_LIMITS, findBreach, type OperationLimits } from './limits';
import { ambiguousFieldNames, conditionVariablesOf } from './normal-form';
import { PlanCache, type Weighed } from './plan-cache';
import { type PlannedVariant, type PreparedOperation, prepareOperation, type VariantDraft } from './prepared-operation';
import { refusal } from './refusal';

/** What a client sends to be prepared, and for whom; texts are chosen by the client and not yet checked. */
export interface OperationText {
  readonly query: string;
  readonly operationName?: string | null;
  /** What its reader may see; without it, everything. Decided by the gateway, never by the client. */
  readonly view?: FieldView;
}

/** Prepares operations of one supergraph. */
export interface Planner {
  /** The prepared operation, or what to tell the client. Never rejects: a defect of ours is refused as `INTERNAL`, with its cause as the error's `originalError`. */
  readonly prepare: (text: OperationText) => Promise<Result<PreparedOperation, readonly GraphQLError[]>>;
  /** The prepared operation if it is at hand, without a promise. */
  readonly preparedAlready: (text: OperationText) => PreparedOperation | undefined;
}

export interface PlannerOptions {
  /** Limits that differ from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<OperationLimits>;
  /** Most time that planning one operation may take. */
  readonly planDeadlineMs?: number;
  /** Most operations kept. */
  readonly cacheEntries?: number;
  /** Most characters of documents and plans kept. */
  readonly cacheCharacters?: number;
  /** Draws from [0, 100) for fields that move to another subgraph for a part of the requests (`@override` with a percentage). */
  readonly drawPercentage?: () => number;
  /** Labels of `@override` that are switched on. */
  readonly overrideLabels?: Iterable<string>;
  /** False refuses an operation that asks for the schema itself; true unless told. */
  readonly introspection?: boolean;
}

type Prepared = Result<PreparedOperation, readonly GraphQLError[]>;

/** A planner over one supergraph. */
export function createPlanner(supergraph: Supergraph, options: PlannerOptions = {}): Planner {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const rules = options.introspection === false ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : specifiedRules;
  const mostEntries = options.cacheEntries ?? 1_000;
  const mostCharacters = options.cacheCharacters ?? 8_000_000;
  const operations = new PlanCache<Prepared>(mostEntries, mostCharacters);
  const variants = new PlanCache<PlannedVariant>(mostEntries, mostCharacters);
  const shares = [...supergraph.planner.overridePercentages].sort((left, right) => left - right);
  const drawPercentage = options.drawPercentage ?? (() => Math.random() * 100);
  const interfaceObjectKeys = (typeName: string): readonly string[] => {
    const type = supergraph.consumerSchema.getType(typeName);
    if (!isInterfaceType(type)) return [];
    const fields = type.getFields();
    return supergraph.facts
      .interfaceObjectKeys(typeName)
      .filter((key) => fields[key] && isLeafType(getNamedType(fields[key].type)));
  };
  const ambiguous = ambiguousFieldNames(supergraph.consumerSchema);
  const aliasPrefix = freePrefix(supergraph);
  const settings = { deadlineMs: options.planDeadlineMs ?? 1_000, labels: new Set(options.overrideLabels ?? []) };

  // No document holds U+0000, so that no text can pass for the key of another.
  const keyOf = ({ query, operationName, view }: OperationText): string => {
    const key = operationName ? `${operationName}\u0000${query}` : query;
    return view === undefined ? key : `${view.key}\u0000${key}`;
  };

  const variantOf = (key: string, mask: string, make: () => VariantDraft): PlannedVariant | Promise<PlannedVariant> => {
    // Requests that fall between the same two shares get the same plan.
    const percentage = shares.length === 0 ? 0 : drawPercentage();
    const slot = shares.length === 0 ? 0 : shares.filter((share) => share <= percentage).length;
    const variantKey = mask === '' && slot === 0 ? key : `${mask}\u0000${slot}\u0000${key}`;
    return (
      variants.find(variantKey) ??
      variants
        .findOrMake(variantKey, () => planVariant(supergraph, make(), { ...settings, percentage }))
        .catch(internal)
    );
  };

  const prepareNew = async (text: OperationText, key: string): Promise<Weighed<Prepared>> => {
    const checked = check(supergraph, text, limits, rules);
    if (!checked.ok) return { value: checked, weight: 0, keep: false };
    const { document } = checked.value;
    const { operation, refused: refusedFields } = viewed(supergraph, checked.value, text.view);
    const prepared = prepareOperation({
      schema: supergraph.consumerSchema,
      document,
      operation,
      refused: refusedFields,
      aliasPrefix,
      isAmbiguous: (fieldName) => ambiguous.has(fieldName),
      listSizeLimit: limits.listSize,
      isInterface: supergraph.facts.isAbstract,
      interfaceObjectKeys,
      planned: (mask, make) => variantOf(key, mask, make),
    });
    // An operation without conditions has one variant: what cannot be planned is refused here, before it is run.
    if (conditionVariablesOf(document).length === 0) {
      const variant = await prepared.variantFor({});
      if (!variant.ok) return { value: variant, weight: 0, keep: false };
    }
    return { value: accepted(prepared), weight: text.query.length, keep: true };
  };

  return {
    prepare: async (text) => {
      if (text.query.length > limits.textBytes || Buffer.byteLength(text.query) > limits.textBytes) {
        return refused([refusal('OPERATION_TOO_COMPLEX')]);
      }
      const key = keyOf(text);
      return operations.findOrMake(key, () => prepareNew(text, key)).catch(internal);
    },
    preparedAlready: (text) => {
      const kept = operations.find(keyOf(text));
      return kept?.ok ? kept.value : undefined;
    },
  };
}

interface PlanSettings {
  readonly deadlineMs: number;
  readonly labels: Set<string>;
  readonly percentage: number;
}

async function planVariant(
  supergraph: Supergraph,
  draft: VariantDraft,
  settings: PlanSettings,
): Promise<Weighed<PlannedVariant>> {
  const plans: CompiledPlan[] = [];
  for (const text of draft.normal.planned) {
    const plan = await planWithin(supergraph, text, settings);
    if (plan === null) return { value: refused([refusal('OPERATION_TOO_COMPLEX')]), weight: 0, keep: false };
    plans.push(plan);
  }
  const weight = plans.reduce((sum, plan) => sum + plan.textLength, 1_000);
  return { value: accepted(draft.complete(plans)), weight, keep: true };
}

/** Parse, count, validate. The text is chosen by the client. */
function check(
  supergraph: Supergraph,
  text: OperationText,
  limits: OperationLimits,
  rules: readonly ValidationRule[],
): Result<{ document: DocumentNode; operation: OperationDefinitionNode }, readonly GraphQLError[]> {
  const source = new Source(text.query);
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: limits.tokens });
  } catch (error) {
    const tooLong = error instanceof GraphQLError && / \d+ tokens\b/.test(error.message);
    return refused([refusal(tooLong ? 'OPERATION_TOO_COMPLEX' : 'BAD_USER_INPUT', positionsOf(error, source))]);
  }
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const operation =
    text.operationName === undefined || text.operationName === null || text.operationName === ''
      ? operations.length === 1
        ? operations[0]
        : undefined
      : operations.find((candidate) => candidate.name?.value === text.operationName);
  // Validation lets an operation pass whose root type the schema has not.
  if (operation === undefined || !supergraph.consumerSchema.getRootType(operation.operation)) {
    return refused([refusal('BAD_USER_INPUT')]);
  }
  for (const candidate of operations) {
    const breach = findBreach(document, candidate, limits);
    if (breach !== null) return refused([refusal(breach === 'CYCLE' ? 'BAD_USER_INPUT' : 'OPERATION_TOO_COMPLEX')]);
  }
  if (operation.variableDefinitions?.some(({ variable }) => variable.name.value === '__proto__')) {
    return refused([refusal('BAD_USER_INPUT')]);
  }
  if (!carriesLiterals(document)) return refused([refusal('BAD_USER_INPUT')]);
  const faults = validate(supergraph.consumerSchema, document, rules, { maxErrors: 10 });
  if (faults.length > 0) {
    return refused(faults.map((fault) => refusal('BAD_USER_INPUT', positionsOf(fault, source))));
  }
  return accepted({ document, operation });
}

/** The operation as its reader may have it. */
function viewed(
  { consumerSchema: schema, facts }: Supergraph,
  { document, operation }: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode },
  view: FieldView | undefined,
): { readonly operation: OperationDefinitionNode; readonly refused: RefusedFields } {
  const rootType = schema.getRootType(operation.operation);
  if (view === undefined || !rootType) return { operation, refused: NO_REFUSALS };
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  return viewOperation(operation, rootType, view, { schema, fragments, requiredBy: facts.requiredBy });
}

/** The plan, or null when its deadline passed. */
async function planWithin(supergraph: Supergraph, text: string, settings: PlanSettings): Promise<CompiledPlan | null> {
  const signal = AbortSignal.timeout(settings.deadlineMs);
  try {
    const plan = await supergraph.planner.planAsync(text, null, settings.labels, settings.percentage, signal);
    return compilePlan(plan.node, supergraph.facts, (typeName) => text.includes(`on ${typeName} `));
  } catch (cause) {
    if (signal.aborted) return null;
    throw new AppError('INTERNAL', 'A plan for a valid operation was expected.', { cause });
  }
}

function positionsOf(error: unknown, source: Source): { source: Source; positions: readonly number[] } | undefined {
  return error instanceof GraphQLError && error.positions ? { source, positions: error.positions } : undefined;
}

function internal(cause: unknown): Result<never, readonly GraphQLError[]> {
  const { message, extensions } = refusal('INTERNAL');
  return refused([new GraphQLError(message, { extensions, originalError: cause instanceof Error ? cause : null })]);
}

/** A beginning for aliases that no field of the supergraph has. */
function freePrefix(supergraph: Supergraph): string {
  let prefix = '_f';
  while (supergraph.facts.someFieldStartsWith(prefix)) prefix = `_${prefix.replace(/^_+/, '')}x`;
  return prefix;
}
