/**
 * A simulated day as it happens: starts, kills, jumps of the machine's clock, an operator in between, and an evening.
 *
 * 1. The operator acts at moments that the day's seed decides: at each start, and after each jump.
 * 2. A kill is a copy of the folder between two writes, with which the day continues. Some starts leave such a copy and continue, too.
 * 3. In the evening the gate is shut, what works is canceled, and whatever is still on its way arrives; then everything that waits is
 *    reviewed. From there on books and venue have nothing left to disagree on.
 * 4. On the machine's clock nothing waits for real time: timers fire, and the wall jumps, when the day says so.
 */
import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { forkChild, type LaunchChild } from "../../../src/live/host/launch.ts";
import { createSession, reopenSession, type LiveSession, type SessionPorts } from "../../../src/live/session/index.ts";
import { SYNTHETIC_START } from "../../../src/live/feed/factory.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { MINUTE, type Duration, type Moment } from "../../../src/shared/time.ts";
import { openWorkspace, readJournal, type JournalEntry, type Workspace } from "../../../src/store/index.ts";
import { PATIENT, writeStrategies } from "../../live/host/scene.ts";
import { handPorts, HandTimers, turn } from "../../live/session/hand-timers.ts";
import { insideHost } from "../../sim/inside-host.ts";
import { BARS_FILE, type DrawnDay, type DrawnStart, type Jump } from "./drawn.ts";
import { wrongAfterJump } from "./holds.ts";
import { carryOut, releaseScopes, type Deed } from "../orders/trader.ts";
import { makeFolder } from "../trial.ts";

const EVENING = MINUTE;
/** Time in which a session on the machine's clock notices a jump. */
const NOTICED_MS = 1_100;
/** Time after which the trial looks whether a session on the machine's clock is still there. */
const STRIDE_MS = 1_000;
const OPERATOR = { operator: "trial", note: "by the trial" } as const;

/** What happened, for the figures. */
export interface Happened {
  starts: number;
  kills: number;
  forward: number;
  back: number;
  /** Of those, between a stop and the start after it. */
  asleep: number;
  reviews: number;
  /** What the operator did. */
  deeds: Deed[];
  /** Host processes that ended while their session lived. */
  processesEnded: number;
}

/** A folder as a kill would have left it. */
export type Look = (workspace: Workspace, copy: string) => Promise<string | null>;

export class LivedDay {
  readonly workspace: Workspace;
  readonly happened: Happened = {
    starts: 0,
    kills: 0,
    forward: 0,
    back: 0,
    asleep: 0,
    reviews: 0,
    deeds: [],
    processesEnded: 0,
  };
  readonly #day: DrawnDay;
  readonly #look: Look | null;
  readonly #timers = new HandTimers();
  /** The machine's time at hand-moved time 0. */
  #wallMs = SYNTHETIC_START / 1_000;
  #session: LiveSession | null = null;

  /** `look` is shown each copy, and says what is wrong with it; null where the day is to pass without copies and kills. */
  constructor(path: string, day: DrawnDay, look: Look | null) {
    this.workspace = openWorkspace(path);
    this.#day = day;
    this.#look = look;
    writeStrategies(this.workspace, day.files);
    if (day.bars !== null) writeFileSync(join(path, BARS_FILE), day.bars);
  }

  /** From the first start to the last stop. Answers the session as it stands then, or what went wrong. */
  async pass(): Promise<LiveSession | string> {
    for (const [index, start] of this.#day.starts.entries()) {
      const lastsMs = (start.until - (this.#day.starts[index - 1]?.until ?? 0)) / 1_000;
      const wrong = await this.#start(start, this.#timers.nowMs + lastsMs);
      if (wrong !== null) return wrong;
    }
    return this.#evening();
  }

  get #byHand(): boolean {
    return this.#day.market === "machine's clock";
  }

  async #open(until: Moment | null): Promise<LiveSession> {
    const { workspace } = this;
    const { desk } = this.#day;
    const before = this.#session;
    const from = before === null ? SYNTHETIC_START : lastMoment(before.folder);
    const length = until === null || this.#byHand ? undefined : (Math.max(1, until - from) as Duration);
    const session =
      before === null
        ? await createSession({ workspace, desk, length, ports: this.#ports() })
        : await reopenSession({ workspace, id: before.id, length, ports: this.#ports() });
    this.#session = session;
    this.happened.starts += 1;
    return session;
  }

  #ports(): Partial<SessionPorts> {
    const { checkpointEntries, processes } = this.#day;
    const wallMs = (): number => this.#wallMs + this.#timers.nowMs;
    const hosts = processes
      ? { hosts: { ...PATIENT, hangMs: 2_500, processes: 1, launch: this.#launch } }
      : { openHost: insideHost };
    const ports = { checkpointEntries, ...hosts, wallMs };
    return this.#byHand ? handPorts(this.#timers, ports) : ports;
  }

  readonly #launch: LaunchChild = (request, events) => {
    let over = false;
    const ended = (): void => {
      const state = this.#session?.state;
      if (!over && (state === "running" || state === "halted")) this.happened.processesEnded += 1;
      over = true;
    };
    const handle = forkChild(request, {
      message: events.message,
      ended: (end) => {
        ended();
        events.ended(end);
      },
    });
    const kill = handle.kill.bind(handle);
    handle.kill = () => {
      ended();
      kill();
    };
    return handle;
  };

  async #start(start: DrawnStart, endsMs: number): Promise<string | null> {
    const until = (SYNTHETIC_START + start.until) as Moment;
    if (this.#session !== null) this.#meanwhile(start.meanwhileMs);
    const session = await this.#open(until);
    this.#review(session);
    releaseScopes(session);
    for (const deed of start.deeds) {
      await carryOut(session, deed);
      // A halt that also cancels answers before the venue does: the day continues from the venue's answers, however long a start takes.
      await turn();
      this.happened.deeds.push(deed);
    }
    const cut = this.#look === null || start.cut === null ? null : new Cut(session, start.cut, start.killed);
    const wrong = this.#byHand ? await this.#live(session, start.jumps, endsMs) : await run(session);
    if (wrong !== null || cut === null) return wrong ?? mismatchIn(session);
    const seen = cut.copy === null ? null : ((await this.#look?.(this.workspace, cut.copy)) ?? null);
    if (seen !== null || !cut.killed) return cut.drop(seen) ?? mismatchIn(session);
    cut.goOn();
    this.happened.kills += 1;
    // What is left of the time until its end belongs to the session that resumes.
    return this.#start({ ...start, cut: null, killed: false, jumps: [], deeds: [] }, endsMs);
  }

  #meanwhile(byMs: number): void {
    this.#wallMs += byMs;
    if (!this.#byHand) return;
    this.happened.asleep += 1;
    this.happened[byMs > 0 ? "forward" : "back"] += 1;
  }

  /** The session on the machine's clock until its end in hand-moved time, or until it is killed. */
  async #live(session: LiveSession, jumps: readonly Jump[], endsMs: number): Promise<string | null> {
    const began = this.#timers.nowMs;
    session.start();
    for (const { afterMs, byMs } of jumps) {
      await this.#until(session, Math.min(began + afterMs, endsMs));
      if (ended(session)) return failureOf(session);
      const wrong = await this.#jump(session, byMs);
      if (wrong !== null) return wrong;
      if (!ended(session)) this.#review(session);
    }
    await this.#until(session, endsMs);
    void session.stop("operator");
    while (!ended(session)) {
      await turn();
      await this.#timers.step();
    }
    return failureOf(session);
  }

  async #until(session: LiveSession, atMs: number): Promise<void> {
    while (!ended(session) && this.#timers.nowMs < atMs)
      await this.#timers.pass(Math.min(STRIDE_MS, atMs - this.#timers.nowMs));
  }

  async #jump(session: LiveSession, byMs: number): Promise<string | null> {
    const before = session.probe();
    this.#wallMs += byMs;
    const wall = ((this.#wallMs + this.#timers.nowMs) * 1_000) as Moment;
    this.happened[byMs > 0 ? "forward" : "back"] += 1;
    await this.#timers.pass(NOTICED_MS);
    if (ended(session)) return failureOf(session);
    const since = [...session.entries(before.journal.position + 1)];
    return wrongAfterJump({ before, after: session.probe(), wall, noticedMs: NOTICED_MS, since });
  }

  /** Settles every open drift item, resumes, and lets good strategies out of quarantine, as an operator would. */
  #review(session: LiveSession): void {
    const { drift, router, strategies } = session.probe();
    for (const item of drift) {
      if (item.review !== null) continue;
      session.review(item.item, { action: "adopt", ...OPERATOR });
      this.happened.reviews += 1;
    }
    if (router.halted) session.resume(OPERATOR);
    for (const { name, state } of strategies)
      if (state === "quarantined" && !this.#day.hostile.has(name)) session.resumeStrategy(name, OPERATOR.operator);
  }

  async #evening(): Promise<LiveSession | string> {
    if (this.#session === null) return "It never began.";
    const from = lastMoment(this.#session.folder);
    this.#wallMs = from / 1_000 - this.#timers.nowMs;
    const session = await this.#open((from + EVENING) as Moment);
    this.#review(session);
    session.halt(OPERATOR);
    for (const { orderId } of session.probe().router.orders)
      await session.cancelOrder(orderId, OPERATOR.operator).catch((error: unknown) => {
        // It ended while no session ran; the session learns so by itself.
        if (!(error instanceof CodedError)) throw error;
      });
    const wrong = this.#byHand
      ? await this.#live(session, [], this.#timers.nowMs + EVENING / 1_000)
      : await run(session);
    if (wrong !== null) return wrong;
    const last = await this.#open(null);
    this.#review(last);
    await last.stop("operator");
    return failureOf(last) ?? mismatchIn(last) ?? last;
  }
}

/** Kinds of entries with which a pass commits, so that the seed decides when a copy is made. Others may wait for real time to pass. */
const COMMITS = new Set<JournalEntry["kind"]>(["send", "halt", "drift", "missed"]);

/** A copy of a session's folder at one of its commits. */
class Cut {
  copy: string | null = null;
  readonly #folder: string;
  readonly #killed: boolean;

  constructor(session: LiveSession, cut: number, killed: boolean) {
    this.#folder = session.folder;
    this.#killed = killed;
    let seen = 0;
    const { folder } = session;
    const end = session.subscribe((entries) => {
      seen += entries.filter(({ kind }) => COMMITS.has(kind)).length;
      if (seen < cut) return;
      end();
      this.copy = `${folder}.cut`;
      // The lock is the process's and dies with it; SQLite rebuilds its index of the log.
      const filter = (path: string): boolean => !/session\.lock(-journal)?$|writer\.json$|-shm$/.test(path);
      cpSync(folder, this.copy, { recursive: true, filter });
      if (killed) void session.stop("signal");
    });
  }

  get killed(): boolean {
    return this.#killed && this.copy !== null;
  }

  drop(wrong: string | null): string | null {
    if (this.copy !== null) rmSync(this.copy, { recursive: true, force: true });
    return wrong;
  }

  goOn(): void {
    if (this.copy === null) return;
    rmSync(this.#folder, { recursive: true, force: true });
    renameSync(this.copy, this.#folder);
  }
}

/** A folder of its own, gone afterwards. */
export async function inFolder<T>(work: (path: string) => Promise<T>): Promise<T> {
  const path = makeFolder("day");
  try {
    return await work(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

const ended = (session: LiveSession): boolean => session.state === "stopped" || session.state === "failed";

async function run(session: LiveSession): Promise<string | null> {
  session.start();
  await session.done;
  return failureOf(session);
}

function failureOf(session: LiveSession): string | null {
  return session.failure === null ? null : `it failed: ${session.failure.message}`;
}

function mismatchIn(session: LiveSession): string | null {
  return session.probe().drift.find((item) => item.drift === "position_mismatch")?.text ?? null;
}

/** From when on a session on a virtual clock resumes. */
function lastMoment(folder: string): Moment {
  const journal = readJournal(join(folder, "journal.db"));
  try {
    const [last] = [...journal.read(journal.position)];
    const saved = journal.checkpoint();
    const at = saved === null || "fault" in saved ? 0 : saved.at;
    return Math.max(last?.at ?? 0, at) as Moment;
  } finally {
    journal.close();
  }
}
