// The services that run: which of them do, starting and stopping one alone, and all in order at the end. A service that ended by itself
// is not started again, because somebody should look why; it is told, and started on demand.

import type { ServicePlan } from './network-layout';
import { type ProgramHouse, type ProgramProcess, startProcess, waitUntilReady } from './program-process';

/** What a request to start or stop one service came to. */
export type ServiceOutcome = 'DONE' | 'ALREADY' | 'UNKNOWN_SERVICE';

/** The running services of one network. */
export interface Supervisor {
  readonly names: readonly string[];
  /** Starts all services at once and resolves when every one is ready. */
  startAll(): Promise<void>;
  /** Starts one at the port it had, and resolves when it is ready. */
  start(name: string): Promise<ServiceOutcome>;
  /** Lets one finish what it has begun, then ends it. */
  stop(name: string): Promise<ServiceOutcome>;
  /** Stops the gateway first and then all others at once. */
  stopAll(): Promise<void>;
  pidOf(name: string): number | null;
}

/** What a supervisor tells. */
export interface SupervisorEvents {
  /** A service runs or no longer does, as asked or by itself. */
  readonly changed: () => void;
  readonly ended: (name: string, exitCode: number | null, logFile: string) => void;
}

/** A supervisor of the services in `plans`; nothing runs yet. */
export function superviseServices(
  plans: readonly ServicePlan[],
  house: ProgramHouse,
  events: SupervisorEvents,
): Supervisor {
  const running = new Map<string, ProgramProcess>();
  const stopping = new Set<ProgramProcess>();

  async function bringUp(plan: ServicePlan): Promise<void> {
    const program = startProcess(plan, 'serve', house, { appends: true });
    running.set(plan.name, program);
    let isUp = false;
    void program.ended.then((exitCode) => {
      if (running.get(plan.name) === program) running.delete(plan.name);
      if (!isUp || stopping.delete(program)) return;
      events.changed();
      events.ended(plan.name, exitCode, program.logFile);
    });
    try {
      await waitUntilReady(plan, program, house.signal);
      isUp = true;
      events.changed();
    } catch (cause) {
      await program.stop(2_000);
      throw cause;
    }
  }

  async function takeDown(name: string): Promise<void> {
    const program = running.get(name);
    if (program === undefined) return;
    stopping.add(program);
    await program.stop();
    running.delete(name);
    events.changed();
  }

  return {
    names: plans.map((plan) => plan.name),
    async startAll() {
      await Promise.all(plans.map(bringUp));
    },
    async start(name) {
      const plan = plans.find((entry) => entry.name === name);
      if (plan === undefined) return 'UNKNOWN_SERVICE';
      const present = running.get(name);
      if (present !== undefined && !stopping.has(present)) return 'ALREADY';
      await present?.ended;
      await bringUp(plan);
      return 'DONE';
    },
    async stop(name) {
      if (!plans.some((entry) => entry.name === name)) return 'UNKNOWN_SERVICE';
      if (!running.has(name)) return 'ALREADY';
      await takeDown(name);
      return 'DONE';
    },
    async stopAll() {
      await takeDown('gateway');
      await Promise.all([...running.keys()].map(takeDown));
    },
    pidOf: (name) => running.get(name)?.pid ?? null,
  };
}
