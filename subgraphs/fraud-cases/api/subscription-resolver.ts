// Root fields of `Subscription`. Decides who may listen: those who work cases, and an operator to what is addressed to it. An event names an id;
// what stands in the answer is loaded when the event is answered, so nobody is shown an older state than there is.

import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { hasRole, type Principal } from '../../../shared/access/principal';
import { AppError, invariant } from '../../../shared/vocabulary/app-error';
import { FraudCaseType } from './case-types';
import { isThere } from './field-guard';
import type { FraudCasesContext } from './fraud-cases-context';
import { BlockOrderType } from './order-types';

interface Listening<Values> {
  readonly args: Values;
  readonly context: FraudCasesContext;
}

const CASE_ID = { description: 'Identifier of the case.' } as const;
const OPERATOR_CODE = { description: "Code of the operator; none but the listener's own." } as const;

/** `Subscription` of the fraud cases. */
@Resolver()
export class SubscriptionResolver {
  @Subscription(() => FraudCaseType, {
    description:
      'The case after each change, as it stands by then; changes in quick succession may come as one. For those who work cases.',
    subscribe: listenToCase,
  })
  async caseUpdated(
    @Root() changedId: string,
    @Arg('caseId', () => ID, CASE_ID) _caseId: string,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<FraudCaseType> {
    const fraudCase = await loaders.fraudCase.load(changedId);
    invariant(fraudCase !== null, 'a case that changed exists');
    return fraudCase;
  }

  @Subscription(() => BlockOrderType, {
    description:
      'Each order, and each lift of one, that is signed for the operator from now on. For that operator alone; events may be lost when the stream breaks, the feed never loses one.',
    subscribe: listenToOrders,
  })
  async blockOrderIssued(
    @Root() orderId: string,
    @Arg('operatorCode', () => ID, OPERATOR_CODE) _operatorCode: string,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<BlockOrderType> {
    const order = await loaders.order.load(orderId);
    invariant(order !== null, 'an order that was issued exists');
    return order;
  }
}

async function listenToCase({ args, context }: Listening<{ readonly caseId: string }>) {
  const principal = signedIn(context);
  const mayListen = hasRole(principal, 'INVESTIGATOR', 'SUPERVISOR', 'APPEALS');
  // A case that does not exist and one that somebody may not see look the same.
  const fraudCase = mayListen ? await context.loaders.fraudCase.load(args.caseId) : null;
  if (fraudCase === null || !(await isThere('FraudCase', fraudCase, context))) throw forbidden();
  return eventsOf(context).caseChanges(args.caseId);
}

async function listenToOrders({ args, context }: Listening<{ readonly operatorCode: string }>) {
  const principal = signedIn(context);
  if (!hasRole(principal, 'OPERATOR') || principal.organisation !== args.operatorCode) throw forbidden();
  return eventsOf(context).ordersIssued(args.operatorCode);
}

function signedIn({ principal }: FraudCasesContext): Principal {
  if (principal === null) throw new AppError('UNAUTHENTICATED', 'A subscription requires a token.');
  return principal;
}

function eventsOf({ live }: FraudCasesContext) {
  invariant(live !== null, 'a service that streams has events');
  return live;
}

function forbidden(): AppError {
  return new AppError('FORBIDDEN', 'Whoever listens may see what is told.');
}
