// What an operation asks of `_entities`, read before anything is executed: which representations, and which fields of them. It does not
// replace validation: of a document that is no valid operation it tells nothing, and whoever executes it refuses it.

import {
  type DocumentNode,
  type GraphQLSchema,
  isObjectType,
  Kind,
  OperationTypeNode,
  parse,
  TypeInfo,
  type ValueNode,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** What an operation asks. */
export interface AskedOperation {
  readonly kind: 'query' | 'mutation';
  /** True when it asks a root field other than `_entities`: the schema, or the like. Root fields of mutations do not count. */
  readonly asksOther: boolean;
  /** True when it asks what the subgraph is made of. */
  readonly asksSchema: boolean;
  /** Coordinates of all fields it names below its root fields, `__typename` left out. */
  readonly coordinates: ReadonlySet<string>;
  /** Everything that stands where representations are handed over, as it was sent. */
  representations(variables: Readonly<Record<string, unknown>> | undefined): readonly unknown[];
}

/** Reads operations of one schema; the same text is read once as long as it is remembered. Null for what is not one operation. */
export type ReadOperation = (text: string) => AskedOperation | null;

/** A reader that remembers the texts used last. */
export function operationReader(schema: GraphQLSchema): ReadOperation {
  const remembered = new Map<string, AskedOperation | null>();
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const read = readOperation(schema, text);
    const [oldest] = remembered.keys();
    if (oldest !== undefined && remembered.size >= MOST_REMEMBERED) remembered.delete(oldest);
    // A long text is seldom a gateway's.
    if (text.length <= LONGEST_REMEMBERED) remembered.set(text, read);
    return read;
  };
}

const MOST_REMEMBERED = 256;
const LONGEST_REMEMBERED = 65_536;
const MOST_TOKENS = 10_000;

type ReadValue = (variables: Readonly<Record<string, unknown>> | undefined) => unknown;

function readOperation(schema: GraphQLSchema, text: string): AskedOperation | null {
  const document = parseQuietly(text);
  const operations =
    document?.definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? [one] : [])) ?? [];
  const [operation] = operations;
  if (document === null || operation === undefined || operations.length !== 1) return null;
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) return null;
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  const coordinates = new Set<string>();
  const handedOver: ReadValue[] = [];
  let asksOther = false;
  let asksSchema = false;
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(field) {
        const parent = types.getParentType();
        const name = field.name.value;
        if (name === '__typename' || !isObjectType(parent)) return;
        if (parent === schema.getMutationType()) return;
        if (parent !== schema.getQueryType()) {
          coordinates.add(`${parent.name}.${name}`);
          return;
        }
        if (name !== '_entities') asksOther = true;
        if (name === '_service' || name.startsWith('__')) asksSchema = true;
        const argument = field.arguments?.find((one) => one.name.value === 'representations');
        if (argument !== undefined) handedOver.push(valueReader(argument.value, defaults));
      },
    }),
  );
  return {
    kind: operation.operation === OperationTypeNode.MUTATION ? 'mutation' : 'query',
    asksOther,
    asksSchema,
    coordinates,
    representations: (variables) => handedOver.flatMap((read) => asList(read(variables))),
  };
}

function parseQuietly(text: string): DocumentNode | null {
  try {
    return parse(text, { noLocation: true, maxTokens: MOST_TOKENS });
  } catch {
    return null;
  }
}

function valueReader(node: ValueNode, defaults: ReadonlyMap<string, ValueNode | undefined>): ReadValue {
  if (node.kind !== Kind.VARIABLE) return (variables) => valueFromASTUntyped(node, { ...variables });
  const name = node.name.value;
  const byDefault = defaults.get(name);
  return (variables) => {
    if (variables !== undefined && Object.hasOwn(variables, name)) return variables[name];
    return byDefault === undefined ? [] : valueFromASTUntyped(byDefault);
  };
}

/** One value stands for a list of one, as in every list of the language. */
function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
