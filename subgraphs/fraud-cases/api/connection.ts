// Pages as GraphQL shows them. Decides how many rows a page may have, how a cursor is read, and that a total is counted only when it
// is asked for.

import { Field, Int, ObjectType } from 'type-graphql';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Page, PagePlace, PageRequest } from '../domain/page';
import type { CursorSeal } from './cursor';

/** Most rows of one page. */
export const MOST_ROWS = 100;

/** The argument `first`. */
export const FIRST = { nullable: true, defaultValue: 20, description: 'Rows of the page, 1 to 100.' } as const;

/** The argument `after`. */
export const AFTER = {
  nullable: true,
  description: 'The endCursor of the page before, of the same list with the same filter, at most a day old.',
} as const;

/** Where a page ends. */
@ObjectType('PageInfo', { description: 'Where a page ends.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether more rows follow.' })
  hasNextPage: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor after the last row of the page; null for an empty page.',
  })
  endCursor?: string | null;
}

/** A page as its connection type needs it. `countAll` counts the rows of all pages; null when they are too many to count. */
export interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfoType;
  readonly countAll: () => Promise<number | null>;
}

/** Makes the connection type of a node type. */
export function connectionType<Node extends object>(name: string, description: string, node: new () => Node) {
  @ObjectType(name, { description })
  class ConnectionType implements Connection<Node> {
    @Field(() => [node], { description: 'The rows of the page.' })
    nodes: readonly Node[];

    @Field(() => PageInfoType, { description: 'Where the page ends.' })
    pageInfo: PageInfoType;

    countAll: () => Promise<number | null>;

    @Field(() => Int, {
      nullable: true,
      description: 'Rows of all pages, counted when asked for; null above ten thousand.',
    })
    totalCount(): Promise<number | null> {
      return this.countAll();
    }
  }
  return ConnectionType;
}

/** Arguments of a list as they were sent. */
export interface PageArguments {
  readonly first: number | null | undefined;
  readonly after: string | null | undefined;
}

/** What a list's arguments ask for; throws BAD_USER_INPUT for a size out of range or a cursor that is not this list's. */
export function pageRequestOf(sent: PageArguments, scope: string, cursors: CursorSeal): PageRequest {
  const first = sent.first ?? FIRST.defaultValue;
  if (first < 1 || first > MOST_ROWS) {
    throw new AppError('BAD_USER_INPUT', `A page has 1 to ${MOST_ROWS} rows, not ${first}.`);
  }
  if (sent.after === null || sent.after === undefined) return { first, after: null };
  const place = cursors.open(sent.after, scope);
  if (!place.ok) throw new AppError('BAD_USER_INPUT', `A cursor of this list is required; this one is ${place.error}.`);
  return { first, after: place.value };
}

/** A page with its cursors. */
export function toConnection<Row>(
  page: Page<Row>,
  placeOf: (row: Row) => PagePlace,
  scope: string,
  cursors: CursorSeal,
  countAll: () => Promise<number | null>,
): Connection<Row> {
  const last = page.rows.at(-1);
  const endCursor = last === undefined ? null : cursors.seal(placeOf(last), scope);
  return { nodes: page.rows, pageInfo: { hasNextPage: page.hasMore, endCursor }, countAll };
}

/** The scope of a list's cursors: its field and what narrows it. */
export function scopeOf(field: string, filter: object | string | null): string {
  return JSON.stringify([field, filter]);
}
