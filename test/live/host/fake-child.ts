/**
 * Host processes that a test plays by hand: what they were sent is kept, and they say and do what the test wants.
 *
 * Fault model: a process answers in order, late, twice, never, with garbage, or ends at any moment.
 */
import type { ChildEnd, ChildEvents, LaunchChild } from "../../../src/live/host/launch.ts";
import { readToHost, type LoadStep, type RunStep, type ToHost } from "../../../src/live/host/protocol.ts";
import type { SeenWithoutBars, Step } from "../../../src/live/host/protocol.ts";
import { turn } from "../session/stage.ts";

export class FakeChild {
  readonly pid: number;
  readonly #events: ChildEvents;
  readonly received: ToHost[] = [];
  /** What its runs saw. */
  readonly seen: SeenWithoutBars[] = [];
  killed = false;
  held = false;
  /** How far it is behind the others. */
  nice = 0;
  /** For how long it has waited for a core. */
  starvedMs = 0;
  /** Of each message with a run: whether it was idle, by the session's word. */
  readonly idle: boolean[] = [];
  /** Steps that it has not answered, oldest first. */
  open: (LoadStep | RunStep)[] = [];

  constructor(pid: number, events: ChildEvents) {
    this.pid = pid;
    this.#events = events;
  }

  receive(text: string): void {
    const { message, seen } = readToHost(text);
    this.received.push(message);
    for (const one of seen) this.seen.push(JSON.parse(one) as SeenWithoutBars);
    if (message.kind === "steps")
      this.open.push(...message.steps.filter((step: Step): step is LoadStep | RunStep => step.kind !== "bars"));
  }

  say(message: unknown): void {
    this.#events.message(typeof message === "string" ? message : JSON.stringify(message));
  }

  end(end: Partial<ChildEnd> = {}): void {
    this.#events.ended({ code: null, signal: null, errors: "", ...end });
  }

  get loads(): LoadStep[] {
    return this.received.flatMap((message) =>
      message.kind !== "steps"
        ? []
        : message.steps.flatMap((step) =>
            step.kind === "load" ? [step] : step.kind === "run" && step.load !== null ? [step.load] : [],
          ),
    );
  }

  /** Answers the oldest open step. */
  answer({ state, ...more }: Record<string, unknown> = {}): void {
    const step = this.open.shift();
    if (step === undefined) throw new Error("Nothing is asked of this process.");
    if (step.kind === "load") this.say({ kind: "loaded", job: step.job, problem: null, barsNeeded: 5, ...more });
    else {
      const result = { outcome: "ok", orders: [], message: `run ${step.run}`, state };
      this.say({ kind: "ran", job: step.job, result, rss: 50_000_000, ...more });
    }
  }
}

/** Launches fakes, and keeps them in the order in which they were started. */
export class FakeLauncher {
  readonly children: FakeChild[] = [];
  /** Whether a process says by itself that it is ready, and answers its loads. */
  willing = true;
  /** What a process does while it is waited for at once. */
  attend: ((child: FakeChild) => boolean) | null = null;

  readonly launch: LaunchChild = (_request, events) => {
    const child = new FakeChild(1_000 + this.children.length, events);
    this.children.push(child);
    if (this.willing) queueMicrotask(() => child.say({ kind: "ready" }));
    return {
      pid: child.pid,
      send: (text, idle) => {
        child.receive(text);
        if (text.includes('"kind":"run"')) child.idle.push(idle);
        if (!this.willing) return;
        while (child.open[0]?.kind === "load") child.answer();
      },
      kill: () => {
        child.killed = true;
        queueMicrotask(() => child.end({ signal: "SIGKILL" }));
      },
      attend: () => this.attend?.(child) ?? false,
      stepBack: (nice) => {
        child.nice = nice;
      },
      starvedMs: () => child.starvedMs,
      hold: (held) => {
        child.held = held;
      },
    };
  };

  at(index: number): FakeChild {
    const child = this.children.at(index);
    if (child === undefined) throw new Error(`There is no process ${index}.`);
    return child;
  }
}

/** Lets everything that waits for a microtask or a turn happen. */
export async function settle(): Promise<void> {
  for (let index = 0; index < 4; index += 1) await turn();
}
