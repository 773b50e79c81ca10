// What clients may ask of a supergraph: its types without the machinery of federation and without anything inaccessible. Made
// from the supergraph itself; the planner's own version of it still names inaccessible members of unions.

import {
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  type NamedTypeNode,
  visit,
} from 'graphql';

/** The document of the schema that clients see. Requires a supergraph that composition has accepted. */
export function consumerDocument(supergraph: DocumentNode): DocumentNode {
  const namespaces = specificationNamespaces(supergraph);
  const isMachinery = (name: string): boolean =>
    name.startsWith('__') || namespaces.some((namespace) => name.startsWith(`${namespace}__`));
  const hidden = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (isTypeDefinition(definition) && (isMachinery(definition.name.value) || isInaccessible(definition))) {
      hidden.add(definition.name.value);
    }
  }
  const withoutHidden = (names: readonly NamedTypeNode[] | undefined): readonly NamedTypeNode[] | undefined =>
    names?.filter((type) => !hidden.has(type.name.value));
  const own = supergraph.definitions.filter(
    (definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION ||
      (isTypeDefinition(definition) && !hidden.has(definition.name.value)),
  );
  const hide = (node: ASTNode): null | undefined => (isInaccessible(node) ? null : undefined);
  return visit(
    { kind: Kind.DOCUMENT, definitions: own },
    {
      FieldDefinition: hide,
      InputValueDefinition: hide,
      EnumValueDefinition: hide,
      UnionTypeDefinition: (node) => ({ ...node, types: withoutHidden(node.types) }),
      ObjectTypeDefinition: (node) => ({ ...node, interfaces: withoutHidden(node.interfaces) }),
      InterfaceTypeDefinition: (node) => ({ ...node, interfaces: withoutHidden(node.interfaces) }),
      Directive: (node) => (SHOWN_DIRECTIVES.has(node.name.value) ? undefined : null),
    },
  );
}

/** Directives that say something to clients. */
const SHOWN_DIRECTIVES: ReadonlySet<string> = new Set(['deprecated', 'specifiedBy', 'oneOf']);

type TypeDefinition = Extract<DefinitionNode, { readonly name: unknown; readonly kind: `${string}TypeDefinition` }>;

function isTypeDefinition(definition: DefinitionNode): definition is TypeDefinition {
  return definition.kind.endsWith('TypeDefinition');
}

function isInaccessible(node: ASTNode): boolean {
  const directives = 'directives' in node ? node.directives : undefined;
  return directives?.some((directive) => directive.name.value === 'inaccessible') === true;
}

/** Names under which the linked specifications keep their types: `join`, `link`, … */
function specificationNamespaces(supergraph: DocumentNode): readonly string[] {
  const namespaces = new Set(['join', 'link', 'core', 'federation']);
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      if (directive.name.value !== 'link' && directive.name.value !== 'core') continue;
      const name = textOf(directive, 'as') ?? specificationName(textOf(directive, 'url') ?? '');
      if (name) namespaces.add(name);
    }
  }
  return [...namespaces];
}

/** `https://specs.apollo.dev/join/v0.5` is the specification `join`. */
function specificationName(url: string): string | undefined {
  return /([A-Za-z_][A-Za-z0-9_-]*)\/v\d+\.\d+\/?$/.exec(url)?.[1];
}

function textOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}
