// A small invented subgraph over real HTTP, for the tests of shared/graphql: books kept by branches of a library.

import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Reference } from '../../../shared/graphql/representation';
import { DateTimeScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import {
  createSubgraphHandler,
  type RequestFault,
  type RequestInfo,
  type SubgraphHandlerParts,
} from '../../../shared/graphql/subgraph-host';
import { buildSubgraph, type Subgraph } from '../../../shared/graphql/subgraph-schema';
import { AppError } from '../../../shared/vocabulary/app-error';

/** What the resolvers of one request share. */
export interface LibraryContext {
  readonly request: RequestInfo;
}

@ObjectType({ description: 'A book of one branch.' })
@Directive('@key(fields: "branch since")')
@Directive('@key(fields: "isbn")')
class BookType {
  @Field(() => ID, { nullable: true })
  isbn: string | null;
  @Field(() => ID, { nullable: true })
  branch: string | null;
  @Field(() => DateTimeScalar, { nullable: true })
  since: string | null;
  @Field(() => String, { nullable: true, description: 'Title as printed.' })
  title: string | null;
}

@ObjectType({ description: 'How many books a branch holds; counted elsewhere.' })
class ShelfType {
  @Field(() => Int)
  @Directive('@external')
  books: number;
}

@ObjectType({ description: 'A reader, known by phone.' })
@Directive('@key(fields: "phone")')
class ReaderType {
  @Field(() => MsisdnScalar)
  phone: string;
  @Field(() => [ShelfType], { nullable: true })
  @Directive('@external')
  shelves: readonly ShelfType[] | null;
  @Field(() => Int, { nullable: true })
  @Directive('@requires(fields: "shelves { books }")')
  total: number | null;
}

/** Every reference that a resolver was given, in order. */
export const referencesSeen: Reference[] = [];

@Resolver(() => BookType)
class BookResolver {
  @Query(() => BookType, { nullable: true })
  book(@Arg('isbn', () => ID) isbn: string): BookType | null {
    return isbn === 'none' ? null : { isbn, branch: 'north', since: null, title: `Title of ${isbn}` };
  }

  @Query(() => String)
  echoPhone(@Arg('phone', () => MsisdnScalar) phone: string): string {
    return phone;
  }

  @Query(() => DateTimeScalar, { nullable: true })
  opened(): Date {
    return new Date('2026-01-02T03:04:05.678Z');
  }

  @Query(() => DateTimeScalar, { nullable: true })
  badOpened(): string {
    return 'not an instant';
  }

  @Query(() => String, { nullable: true })
  fail(@Arg('how', () => String) how: string): string {
    if (how === 'operator') throw new AppError('OPERATOR_TIMEOUT', 'slow', { facts: { operatorCode: 'kcell' } });
    if (how === 'forbidden') throw new AppError('FORBIDDEN', 'no');
    throw new Error('duplicate key value (iin)=(900101300007) at /srv/secret.js');
  }

  @Query(() => String)
  failHard(): string {
    throw new Error('SELECT * FROM reader');
  }

  @Query(() => String)
  requestId(@Ctx() context: LibraryContext): string {
    return context.request.requestId;
  }

  @Mutation(() => Boolean)
  burn(): boolean {
    return true;
  }
}

@Resolver(() => ReaderType)
class ReaderResolver {
  @FieldResolver(() => Int, { nullable: true })
  total(@Root() reader: ReaderType): number | null {
    return reader.shelves === null ? null : reader.shelves.reduce((sum, shelf) => sum + shelf.books, 0);
  }
}

/** Text that links the federation specification. */
export const LIBRARY_EXTENSION = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;

const references = {
  BookType: async (reference: Reference) => {
    referencesSeen.push(reference);
    if (reference.isbn === 'none') return null;
    if (reference.isbn === 'broken') throw new Error('connection to 10.0.0.1 lost');
    return { isbn: null, branch: null, since: null, ...reference, title: 'A title' };
  },
  ReaderType: async (reference: Reference) => {
    referencesSeen.push(reference);
    return { shelves: null, ...reference };
  },
};

/** Builds the library's subgraph. */
export function buildLibrary(): Promise<Subgraph> {
  return buildSubgraph<LibraryContext>({
    resolvers: [BookResolver, ReaderResolver],
    orphanedTypes: [BookType, ReaderType, ShelfType],
    schemaExtension: LIBRARY_EXTENSION,
    scalars: { DateTime: DateTimeScalar, Msisdn: MsisdnScalar },
    references,
  });
}

/** Builds a subgraph that forgets a reference resolver. */
export function buildForgetfulLibrary(): Promise<Subgraph> {
  return buildSubgraph<LibraryContext>({
    resolvers: [BookResolver, ReaderResolver],
    orphanedTypes: [BookType, ReaderType, ShelfType],
    schemaExtension: LIBRARY_EXTENSION,
    scalars: {},
    references: { BookType: references.BookType },
  });
}

/** The library behind a real HTTP server. */
export interface Library {
  readonly url: string;
  readonly port: number;
  readonly faults: readonly RequestFault[];
  stop(): Promise<void>;
}

/** Starts the library on a free port. */
export async function startLibrary(
  options: Partial<Pick<SubgraphHandlerParts<LibraryContext>, 'createContext' | 'introspection'>> = {},
): Promise<Library> {
  const faults: RequestFault[] = [];
  const handler = await createSubgraphHandler<LibraryContext>({
    subgraph: await buildLibrary(),
    createContext: options.createContext ?? ((request) => ({ request })),
    introspection: options.introspection ?? false,
    onFault: (fault) => faults.push(fault),
  });
  const server = createServer(async (request, response) => {
    if (!(await handler.handle(request, response))) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    port,
    faults,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await handler.stop();
    },
  };
}
