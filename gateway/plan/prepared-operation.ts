// One operation, checked once and run many times. Its conditions decide what is planned and what is answered, so each combination
// of them that is in use is a variant with its own plan; most operations have one. Variables are coerced here, by graphql-js.

import {
  type DocumentNode,
  executeSync,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../../shared/vocabulary/app-error';
import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject } from '../../shared/vocabulary/json';
import { accepted, type Result, refused as refuse } from '../../shared/vocabulary/result';
import { type ObjectShape, rootShape } from './client-shape';
import type { CompiledPlan } from './compile-plan';
import type { RefusedFields } from './field-view';
import { compileListSizes } from './limits';
import { compileSourceKeys, conditionVariablesOf, type NormalForm, normalForm } from './normal-form';
import { refusal } from './refusal';
import { type RootCall, rootCalls } from './root-calls';
import { rootFieldsOf } from './root-fields';

/** An operation ready to be executed. */
export interface PreparedOperation {
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly operationName: string | null;
  /** Every root field that the operation names, whatever its conditions. */
  readonly rootFields: readonly string[];
  /** Why its first root field that the reader may not have is refused, whatever its conditions; null when it may have all. */
  readonly rootRefusal: ErrorCode | null;
  /** Values for the operation's variables, with defaults; refused with `BAD_USER_INPUT`, or with `OPERATION_TOO_COMPLEX` for a list that is too long. `raw` is chosen by the client, not yet checked. */
  readonly coerceVariables: (raw: unknown) => Result<JsonObject, readonly GraphQLError[]>;
  /** What runs under these coerced variables; at once when it has been planned before. Never rejects. */
  readonly variantFor: (variables: JsonObject) => PlannedVariant | Promise<PlannedVariant>;
  /** Whether a type name is that of an interface or a union of the supergraph. */
  readonly isInterface: (typeName: string) => boolean;
}

/** A variant, or why it cannot be run. */
export type PlannedVariant = Result<OperationVariant, readonly GraphQLError[]>;

/** An operation under one combination of its conditions. */
export interface OperationVariant {
  /** Run one after the other; several for a mutation of several fields, none when nothing is fetched. */
  readonly plans: readonly CompiledPlan[];
  /** The fields of its root that are fetched. */
  readonly rootCalls: readonly RootCall[];
  /** The shape of the answer. */
  readonly shape: ObjectShape;
  /** The introspection fields of the root under their response keys; null when none are asked. */
  readonly introspect: ((variables: JsonObject) => JsonObject) | null;
}

/** Puts a prepared operation together. Requires a document that is valid against the schema. */
export function prepareOperation(parts: {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Fields of the operation that its reader may not have. */
  readonly refused: RefusedFields;
  readonly aliasPrefix: string;
  /** Whether a field name means different types on different object types. */
  readonly isAmbiguous: (fieldName: string) => boolean;
  readonly listSizeLimit: number;
  readonly isInterface: (typeName: string) => boolean;
  /** Leaf fields of the schema that are the key of an interface object; empty for other types. */
  readonly interfaceObjectKeys: (typeName: string) => readonly string[];
  /** Finds or makes the plans of a variant; `mask` names it within this operation. */
  readonly planned: (mask: string, make: () => VariantDraft) => PlannedVariant | Promise<PlannedVariant>;
}): PreparedOperation {
  const { schema, document, operation, refused } = parts;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new AppError('INTERNAL', 'An operation of a kind that the schema has was expected.');
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const sourceKeys = compileSourceKeys(document, parts.aliasPrefix, parts.isAmbiguous);
  const conditionVariables = conditionVariablesOf(document);
  const draft = (mask: string): VariantDraft => {
    const holding = new Set(conditionVariables.filter((_name, index) => mask[index] === '1'));
    const conditions = (name: string): boolean => holding.has(name);
    const normal = normalForm(operation, {
      schema,
      fragments,
      sourceKeys,
      conditions,
      interfaceObjectKeys: parts.interfaceObjectKeys,
      refused,
    });
    return {
      normal,
      complete: (plans) => ({
        plans,
        rootCalls: rootCalls(normal.roots, rootType, sourceKeys),
        shape: rootShape({ schema, fragments, sourceKeys, conditions, refused }, rootType, operation.selectionSet),
        introspect: normal.introspection === null ? null : compileIntrospection(schema, normal.introspection),
      }),
    };
  };
  return {
    operationKind: operation.operation,
    operationName: operation.name?.value ?? null,
    rootFields: rootFieldsOf(operation, fragments),
    rootRefusal: refusedRootOf(operation.selectionSet, refused),
    coerceVariables: compileVariables(schema, operation, compileListSizes(document, parts.listSizeLimit)),
    variantFor: (variables) => {
      let mask = '';
      for (const name of conditionVariables) mask += variables[name] === true ? '1' : '0';
      return parts.planned(mask, () => draft(mask));
    },
    isInterface: parts.isInterface,
  };
}

/** A variant before it is planned. */
export interface VariantDraft {
  readonly normal: NormalForm;
  readonly complete: (plans: readonly CompiledPlan[]) => OperationVariant;
}

/** Why the first refused field at the root is refused. A marked operation has no fragment spreads. */
function refusedRootOf({ selections }: SelectionSetNode, refused: RefusedFields): ErrorCode | null {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    const code =
      selection.kind === Kind.FIELD ? refused.get(selection) : refusedRootOf(selection.selectionSet, refused);
    if (code) return code;
  }
  return null;
}

const NO_VARIABLES: JsonObject = Object.freeze({});

function compileVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  listSizesFit: (variables: JsonObject) => boolean,
): PreparedOperation['coerceVariables'] {
  const definitions = operation.variableDefinitions ?? [];
  return (raw) => {
    if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw))) {
      return refuse([refusal('BAD_USER_INPUT')]);
    }
    let variables = NO_VARIABLES;
    if (definitions.length > 0) {
      const { coerced } = getVariableValues(schema, definitions, { ...raw }, { maxErrors: 1 });
      if (coerced === undefined) return refuse([refusal('BAD_USER_INPUT')]);
      // Coercion over the client schema gives JSON again: its scalars and enums have no other internal values.
      variables = coerced as JsonObject;
    }
    return listSizesFit(variables) ? accepted(variables) : refuse([refusal('OPERATION_TOO_COMPLEX')]);
  };
}

function compileIntrospection(schema: GraphQLSchema, document: DocumentNode): (variables: JsonObject) => JsonObject {
  return (variables) => {
    const { data, errors } = executeSync({ schema, document, variableValues: variables });
    if (!data || errors) throw new AppError('INTERNAL', 'Introspection of a valid schema was expected to succeed.');
    return data as JsonObject;
  };
}
