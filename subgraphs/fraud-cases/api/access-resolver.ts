// Root fields of looks: the trail of them, and a look without a case with the word that another person says on it.

import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { MsisdnScalar } from '../../../shared/graphql/scalars';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { BreakGlassCommands } from '../commands/break-glass-commands';
import type { Answer } from '../commands/command-desk';
import type { Commands } from '../commands/commands';
import { AccessTrailConnectionType, AccessTrailFilterInput, BreakGlassPayloadType } from './access-types';
import { AFTER, pageRequestOf, scopeOf } from './connection';
import type { FraudCasesContext } from './fraud-cases-context';
import { command, idIn } from './mutation-types';

const FIRST = { nullable: true, defaultValue: 50, description: 'Rows of the page, 1 to 100.' } as const;

/** `Query.accessTrail` and `Mutation`: broken glasses. */
@Resolver()
export class AccessResolver {
  @Query(() => AccessTrailConnectionType, {
    description:
      'Who looked at whom, newest first; reading it is a look itself. For auditors, and for the one looked at.',
  })
  async accessTrail(
    @Arg('filter', () => AccessTrailFilterInput, { description: 'Which looks.' }) filter: AccessTrailFilterInput,
    @Arg('first', () => Int, FIRST) first: number | null,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() context: FraudCasesContext,
  ): Promise<AccessTrailConnectionType> {
    const { principal, request, trail, cursors, loaders } = context;
    if (principal === null) throw new AppError('UNAUTHENTICATED', 'The trail requires a token.');
    if (trail === null) throw new AppError('AUDIT_UNAVAILABLE', 'The trail requires the joint log.');
    const { subject = null, actor = null, caseId = null, from = null, to = null } = filter;
    const question = { subject, actor, caseId, from, to };
    const scope = scopeOf('accessTrail', { ...question, person: principal.person });
    const page = pageRequestOf({ first: first ?? FIRST.defaultValue, after }, scope, cursors);
    const { rows, hasMore } = await trail.read(principal, request?.purpose ?? null, question, page);
    const cases = await Promise.all(
      rows.map((row) => (row.caseId === null ? null : loaders.fraudCase.load(row.caseId))),
    );
    const last = rows.at(-1);
    return {
      nodes: rows.map((row, place) => ({ ...row, case: cases[place] ?? null })),
      pageInfo: {
        hasNextPage: hasMore,
        endCursor: last === undefined ? null : cursors.seal({ at: last.at, id: last.act }, scope),
      },
    };
  }

  @Mutation(() => BreakGlassPayloadType, {
    description: 'Opens one number to the reader for half an hour without a case; another person reviews it.',
  })
  async breakGlass(
    @Arg('msisdn', () => MsisdnScalar, { description: 'The number. Personal datum.' }) msisdn: Msisdn,
    @Arg('reason', () => String, { description: 'Why a case cannot be waited for; at least twenty characters.' })
    reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<BreakGlassPayloadType> {
    const answer = await command(context, (commands, caller) =>
      glasses(commands).breakGlass(caller, { msisdn, reason }),
    );
    return payload(context, answer);
  }

  @Mutation(() => BreakGlassPayloadType, {
    description: 'The word of another person on a look without a case; without it, in time, the account is suspended.',
  })
  async reviewBreakGlass(
    @Arg('id', () => ID, { description: 'Identifier of the broken glass.' }) id: string,
    @Arg('justified', () => Boolean, { description: 'Whether it was right; if not, the account is suspended.' })
    justified: boolean,
    @Arg('reason', () => String, { description: 'What was found. Case text.' }) reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<BreakGlassPayloadType> {
    const answer = await command(context, (commands, caller) =>
      glasses(commands).reviewBreakGlass(caller, { id, justified, reason }),
    );
    return payload(context, answer);
  }
}

function glasses({ breakGlass }: Commands): BreakGlassCommands {
  if (breakGlass === null) throw new AppError('AUDIT_UNAVAILABLE', 'Nobody is granted anything here.');
  return breakGlass;
}

async function payload({ store }: FraudCasesContext, answer: Answer): Promise<BreakGlassPayloadType> {
  const id = idIn(answer, 'breakGlass');
  return { breakGlass: id === null ? null : await store.breakGlassById(id), userErrors: answer.userErrors };
}
