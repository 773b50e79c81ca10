// Puts one question before every field of a schema's objects, so that none can be forgotten: what may not be read is not resolved. The root
// fields, which every subgraph answers for itself, and what a mutation tells of its own work are not asked about.

import { defaultFieldResolver, type GraphQLSchema, isNonNullType, isObjectType, OperationTypeNode } from 'graphql';
import { AppError } from '../vocabulary/app-error';

/**
 * Puts `mayRead` before each field but those of `free`, which are coordinates (`Type.field`). A field that may not be read is null; one that
 * cannot be null is the error FORBIDDEN, which nulls what is around it.
 */
export function guardFields<Context>(
  schema: GraphQLSchema,
  free: ReadonlySet<string>,
  mayRead: (context: Context, coordinate: string) => boolean,
): void {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_') || roots.has(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      if (free.has(coordinate)) continue;
      const resolve = field.resolve ?? defaultFieldResolver;
      const isNullable = !isNonNullType(field.type);
      field.resolve = (source, values, context, info) => {
        if (mayRead(context, coordinate) || info.operation.operation === OperationTypeNode.MUTATION) {
          return resolve(source, values, context, info);
        }
        if (isNullable) return null;
        throw new AppError('FORBIDDEN', 'A field required to be disclosed, but was not.');
      };
    }
  }
}

/** Coordinates of the key fields of the schema's entities, which say nothing that the asker did not say first. */
export function coordinatesOf(fieldsByType: Readonly<Record<string, readonly string[]>>): ReadonlySet<string> {
  return new Set(Object.entries(fieldsByType).flatMap(([type, fields]) => fields.map((field) => `${type}.${field}`)));
}
