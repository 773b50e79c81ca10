// One operation, made ready once and run many times with different variables: its plans, the shape of its answer, its variables
// and its introspection. Immutable to those who hold it; it remembers the shapes it has made.

import {
  type DocumentNode,
  executeSync,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { AppError } from '../../shared/vocabulary/app-error';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import { accepted, type Result, refused } from '../../shared/vocabulary/result';
import { type ObjectShape, rootShape } from './client-shape';
import type { CompiledPlan } from './compile-plan';
import { compileListSizes } from './limits';
import type { NormalForm } from './normal-form';
import { refusal } from './refusal';

/** An operation ready to be executed. */
export interface PreparedOperation {
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly operationName: string | null;
  /** Run one after the other; several for a mutation of several fields, none when nothing is fetched. */
  readonly plans: readonly CompiledPlan[];
  /** Values for the operation's variables, with defaults; refused with `BAD_USER_INPUT`, or with `OPERATION_TOO_COMPLEX` for a list that is too long. `raw` is chosen by the client, not yet checked. */
  readonly coerceVariables: (raw: unknown) => Result<JsonObject, readonly GraphQLError[]>;
  /** The shape of the answer under these coerced variables. */
  readonly shapeFor: (variables: JsonObject) => ObjectShape;
  /** The introspection fields of the root under their response keys; null when none are asked. */
  readonly introspect: ((variables: JsonObject) => JsonObject) | null;
  /** Whether a type name is that of an interface of the supergraph. */
  readonly isInterface: (typeName: string) => boolean;
}

/** Puts a prepared operation together. Requires a document that is valid against the schema. */
export function prepareOperation(parts: {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly normal: NormalForm;
  readonly plans: readonly CompiledPlan[];
  readonly listSizeLimit: number;
  readonly isInterface: (typeName: string) => boolean;
}): PreparedOperation {
  const { schema, operation, normal } = parts;
  return {
    operationKind: operation.operation,
    operationName: operation.name?.value ?? null,
    plans: parts.plans,
    coerceVariables: compileVariables(schema, operation, compileListSizes(parts.document, parts.listSizeLimit)),
    shapeFor: compileShapes(schema, parts.document, operation, normal),
    introspect: normal.introspection === null ? null : compileIntrospection(schema, normal.introspection),
    isInterface: parts.isInterface,
  };
}

const NO_VARIABLES: JsonObject = Object.freeze({});
const MOST_SHAPES = 64;

function compileVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  listSizesFit: (variables: JsonObject) => boolean,
): PreparedOperation['coerceVariables'] {
  const definitions = operation.variableDefinitions ?? [];
  return (raw) => {
    if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw))) {
      return refused([refusal('BAD_USER_INPUT')]);
    }
    let variables = NO_VARIABLES;
    if (definitions.length > 0) {
      const { coerced } = getVariableValues(schema, definitions, { ...raw }, { maxErrors: 1 });
      if (coerced === undefined) return refused([refusal('BAD_USER_INPUT')]);
      // Coercion over the client schema gives JSON again: its scalars and enums have no other internal values.
      variables = coerced as JsonObject;
    }
    return listSizesFit(variables) ? accepted(variables) : refused([refusal('OPERATION_TOO_COMPLEX')]);
  };
}

/** One shape for each combination of the conditions; conditions are few, combinations that are in use fewer. */
function compileShapes(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  normal: NormalForm,
): PreparedOperation['shapeFor'] {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new AppError('INTERNAL', 'An operation of a kind that the schema has was expected.');
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const names = normal.conditionVariables;
  const shapes = new Map<string, ObjectShape>();
  return (variables) => {
    let mask = '';
    for (const name of names) mask += variables[name] === true ? '1' : '0';
    const known = shapes.get(mask);
    if (known !== undefined) return known;
    const conditions = new Map<string, JsonValue | undefined>(names.map((name) => [name, variables[name]]));
    const source = {
      schema,
      fragments,
      sourceKeys: normal.sourceKeys,
      conditions: (name: string) => conditions.get(name) === true,
    };
    const shape = rootShape(source, rootType, operation.selectionSet);
    if (shapes.size >= MOST_SHAPES) shapes.clear();
    shapes.set(mask, shape);
    return shape;
  };
}

function compileIntrospection(schema: GraphQLSchema, document: DocumentNode): (variables: JsonObject) => JsonObject {
  return (variables) => {
    const { data, errors } = executeSync({ schema, document, variableValues: variables });
    if (!data || errors) throw new AppError('INTERNAL', 'Introspection of a valid schema was expected to succeed.');
    return data as JsonObject;
  };
}
