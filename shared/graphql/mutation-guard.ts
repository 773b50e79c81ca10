// Puts one question before every mutation of a schema, so that none can be forgotten: a resolver runs only when the guard let it. What
// the guard asks is decided by the subgraph.

import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/** Puts `guard` before each field of the mutation type; it is told the field's own name, whatever alias was asked. What it throws is the field's error, and nothing was done. */
export function guardMutations<Context>(
  schema: GraphQLSchema,
  guard: (context: Context, fieldName: string) => void | Promise<void>,
): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = async (source, values, context, info) => {
      await guard(context, field.name);
      return resolve(source, values, context, info);
    };
  }
}
