// Compares a subgraph's own schema with the contract, name by name: what the contract names keeps type, arguments, defaults and
// directives. Descriptions may differ; arguments may stand in another order.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import { PROJECT_ROOT } from './project-root';

/** The text of test/contract/<name>.graphql. */
export function contractOf(name: string): string {
  return readFileSync(join(PROJECT_ROOT, 'test', 'contract', `${name}.graphql`), 'utf8');
}

/** Every coordinate of a schema with what is promised there: `Type.field` → `(argument: Int = 20): Type! @directive`. */
export function coordinatesOf(sdl: string): ReadonlyMap<string, string> {
  const promises = new Map<string, string>();
  for (const definition of withoutDescriptions(parse(sdl, { noLocation: true })).definitions) {
    for (const [coordinate, promise] of promisesOf(definition)) promises.set(coordinate, promise);
  }
  return promises;
}

/** Coordinates of a schema that carry no description: types, fields, arguments, input fields, enum values and scalars. */
export function undescribedIn(sdl: string): readonly string[] {
  const missing: string[] = [];
  const note = (coordinate: string, node: { readonly description?: { readonly value: string } }): void => {
    if ((node.description?.value ?? '').trim() === '') missing.push(coordinate);
  };
  for (const definition of parse(sdl).definitions) {
    if (!('name' in definition) || definition.name === undefined || !('description' in definition)) continue;
    const type = definition.name.value;
    if (!ROOTS.has(type)) note(type, definition);
    if ('fields' in definition) {
      for (const field of definition.fields ?? []) {
        note(`${type}.${field.name.value}`, field);
        if (!('arguments' in field)) continue;
        for (const argument of field.arguments ?? [])
          note(`${type}.${field.name.value}(${argument.name.value})`, argument);
      }
    }
    if ('values' in definition) for (const value of definition.values ?? []) note(`${type}.${value.name.value}`, value);
  }
  return missing;
}

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

function withoutDescriptions(document: DocumentNode): DocumentNode {
  return visit(document, {
    enter: (node: ASTNode) =>
      'description' in node && node.description !== undefined ? { ...node, description: undefined } : undefined,
  });
}

function promisesOf(definition: DefinitionNode): readonly (readonly [string, string])[] {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const type = definition.name.value;
      const fields: readonly (FieldDefinitionNode | InputValueDefinitionNode)[] = definition.fields ?? [];
      return [
        [type, `${definition.kind} ${directivesOf(definition)}`.trim()],
        ...fields.map((field) => [`${type}.${field.name.value}`, promiseOf(field)] as const),
      ];
    }
    case Kind.ENUM_TYPE_DEFINITION: {
      const type = definition.name.value;
      const values = definition.values ?? [];
      return [[type, definition.kind], ...values.map((value) => [`${type}.${value.name.value}`, 'value'] as const)];
    }
    case Kind.SCALAR_TYPE_DEFINITION:
      return [[definition.name.value, definition.kind]];
    case Kind.DIRECTIVE_DEFINITION:
      return [[`@${definition.name.value}`, print(definition)]];
    case Kind.SCHEMA_EXTENSION:
      return (definition.directives ?? []).map((directive) => ['schema', print(directive)] as const);
    default:
      return [];
  }
}

function promiseOf(field: FieldDefinitionNode | InputValueDefinitionNode): string {
  const directives = directivesOf(field);
  if (field.kind === Kind.INPUT_VALUE_DEFINITION) return print({ ...field, directives: [] }).concat(directives);
  const promised = (field.arguments ?? []).map((argument) => print(argument)).sort();
  return `(${promised.join(', ')}): ${print(field.type)} ${directives}`.trim();
}

function directivesOf(node: { readonly directives?: readonly ASTNode[] }): string {
  return (node.directives ?? [])
    .map((directive) => print(directive))
    .sort()
    .join(' ');
}
