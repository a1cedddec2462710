/**
 * A host process: loads strategies and runs them, one step after the other.
 *
 * 1. It speaks only through its port, and does its steps in the order in which they came.
 * 2. Each run is answered before the next one begins: so the session knows which one is under way. Runs that are asked for
 *    together are answered together, within `TOGETHER_MS`: who listens then knows no more than that it is one of them.
 * 3. When the session's process is gone it ends, and so do the processes that it has to guard.
 * 4. Before the first strategy is loaded it finds out which layers of the fence hold around it (`layers.ts`), and its own means are
 *    taken away (`lockdown.ts`). A user's file runs in a realm of its own (`engine.ts`), or not at all.
 * 5. What a user's code sets off belongs to its own run: promises are waited for before the answer, so one that never comes to rest
 *    hangs in its own run, and one that is not caught fails it.
 * 6. Texts of a strategy are cut before they are sent: none can make a message that its receiver refuses.
 * 7. It has over 400 lines because one process answers one message after another, and all its parts share what it has loaded.
 */
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { promiseHooks } from "node:v8";
import type { CodeFile } from "../../store/journal/entries.ts";
import type { RunResult } from "../strategies/run-types.ts";
import { builtInStrategies } from "../strategies/built-in.ts";
import { prepareStrategy, resultText, StrategyInstance } from "../strategies/instance.ts";
import { Realm } from "./engine.ts";
import { Histories, type BarsStep, type Synced } from "./history.ts";
import { findLayers, refusalOf, type Layers } from "./layers.ts";
import { lockDown } from "./lockdown.ts";
import { PIPES, readTexts, writeText } from "./pipe/host-end.ts";
import { parserIsBroken } from "./sources.ts";
import { readToHost, TEXT_MAX, TOGETHER_MAX, type FromHost, type LoadStep, type RunStep } from "./protocol.ts";
import type { SeenWithoutBars, Step } from "./protocol.ts";

/** Milliseconds between two heartbeats that are passed on. */
const BEAT_MS = 100;
/** Answers after which it waits until they have left the process. */
const UNSENT_MAX = 32;
const LARGE_CHARS = 16_000;
/** Milliseconds for which answers wait for each other. */
const TOGETHER_MS = 0.5;
/** A run of less is too short to make the process grow by much; a longer one is measured, and any one now and then. */
const MEASURED_MS = 1;
const MEASURE_EVERY_MS = 20;

// Kept from before they are taken away.
const { pid } = process;
const endProcess = process.exit.bind(process);
const kill = process.kill.bind(process);
const rss = process.memoryUsage.rss.bind(process.memoryUsage);
const clock = performance.now.bind(performance);
const onRejection = process.on.bind(process, "unhandledRejection") as (receive: (reason: unknown) => void) => unknown;
const soon = setImmediate;

/** Whether a promise was made or settled since this was last set to false: only then can a run have set anything off. */
let promised = false;
const onPromise = (): void => void (promised = true);

/** Everything that is already set off happens before this resolves. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    soon(resolve);
  });

interface Port {
  /** Sends; `sent` is called when the text has left the process. */
  readonly send: (text: string, sent: () => void) => void;
  readonly listen: (receive: (text: unknown) => void) => void;
  /** Waits for the texts that come next, with nothing else to do; null once the session's process is gone. */
  readonly next?: () => readonly string[] | null;
}

/** Two pipes, Node's channel of a forked process, or the port of Electron's utility process. */
function openPort(): Port {
  if (process.argv[3] === PIPES) {
    const send: Port["send"] = (text, sent) => {
      writeText(text);
      sent();
    };
    return { send, listen: () => undefined, next: readTexts };
  }
  const { parentPort } = process as unknown as {
    readonly parentPort?: {
      on(event: "message", receive: (sent: { readonly data: unknown }) => void): void;
      postMessage(text: string): void;
    };
  };
  if (parentPort !== undefined) {
    const say = parentPort.postMessage.bind(parentPort);
    return {
      send: (text, sent) => {
        say(text);
        sent();
      },
      listen: (receive) => parentPort.on("message", ({ data }) => receive(data)),
    };
  }
  const post = process.send?.bind(process);
  const on = process.on.bind(process) as (event: "message", receive: (text: unknown) => void) => unknown;
  if (post === undefined) return endProcess(64);
  return {
    send: (text, sent) => void post(text, undefined, undefined, sent),
    listen: (receive) => void on("message", receive),
  };
}

/** A strategy that is loaded: a built-in one in the process's own realm, a user's in its own. */
interface Loaded {
  readonly barsNeeded: number;
  /** Whether it is a user's, whose promises have to come to rest. */
  readonly own: boolean;
  /** Takes what a run sees, and answers its result; both as JSON. */
  readonly run: (seen: string) => string;
}

/** What a file is made of, as it was read for this load. */
interface Code {
  readonly digest: string | null;
  readonly files: readonly CodeFile[];
  /** The defaults and rules of its parameters, as JSON. */
  readonly rules: string | null;
}

/** A strategy that is loaded, or why it is not. */
interface Made extends Code {
  readonly loaded: Loaded | string;
}

const NO_CODE: Code = { digest: null, files: [], rules: null };

const cut = (text: string): string => (text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`);

class Host {
  readonly #port: Port;
  readonly #folder: string;
  readonly #layers: Layers;
  readonly #loaded = new Map<string, Loaded>();
  readonly #bars = new Histories();
  /** How far the realm's copies of the histories are. */
  readonly #synced = new Map<string, Synced>();
  #realm: Realm | null = null;
  readonly #steps: { readonly step: Step; readonly together: boolean; readonly seen: string }[] = [];
  /** Answers that wait for each other, since the last that were sent. */
  #answers: string[] = [];
  #answeredMs = 0;
  /** Also true until it may begin. */
  #working = true;
  #worked: Promise<void> | null = null;
  #guarded: readonly number[] = [];
  #unsent = 0;
  #job = 0;
  /** Characters of the answers that wait. */
  #waiting = 0;
  /** What was rejected and not caught, since it was last asked for. */
  #stray: { readonly error: unknown } | null = null;
  #lastBeat = 0;
  /** Bytes that the process held when it was last measured, which costs as much as a small run. */
  #rss = rss();
  #measuredMs = clock();

  constructor(port: Port, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.#layers = findLayers();
    promiseHooks.createHook({ init: onPromise, settled: onPromise });
    // Types are taken out by a part of Node that is loaded when it is first needed, and could not be any more.
    stripTypeScriptTypes("const ready: boolean = true;");
    onRejection((error) => {
      this.#stray ??= { error };
    });
  }

  /** Makes the strategies' realm, takes this process's own means away, and says that it is ready. */
  async begin(): Promise<void> {
    if (refusalOf(this.#layers) === null) this.#realm = await Realm.make(() => this.#beat());
    registerHooks({
      resolve: (specifier) => {
        throw new Error(`${specifier.slice(0, 200)} cannot be loaded into this process any more`);
      },
    });
    lockDown("host");
    void this.write({ kind: "ready", layers: this.#layers });
    const { next } = this.#port;
    const begun = this.#work();
    if (next === undefined) return;
    await begun;
    for (let texts = next(); texts !== null; texts = next()) {
      for (const text of texts) this.receive(text);
      if (this.#worked !== null) await this.#worked;
    }
    this.orphaned();
  }

  receive(text: unknown): void {
    const { message: sent, seen } = readToHost(String(text));
    if (sent.kind === "guard") this.#guarded = sent.pids;
    else if (sent.kind === "stop") this.#stop();
    else {
      const { together } = sent;
      let runs = 0;
      for (const step of sent.steps)
        this.#steps.push({ step, together, seen: step.kind === "run" ? (seen[runs++] ?? "{}") : "" });
      if (!this.#working) this.#worked = this.#work();
    }
  }

  /** The session's process is gone. */
  orphaned(): never {
    for (const one of this.#guarded)
      try {
        if (one !== pid) kill(one, "SIGKILL");
      } catch {
        // It has ended already.
      }
    return endProcess(0);
  }

  write(message: FromHost): Promise<void> | null {
    return this.#send(JSON.stringify(message));
  }

  #send(text: string): Promise<void> | null {
    this.#unsent += 1;
    if (text.length < LARGE_CHARS && this.#unsent < UNSENT_MAX) {
      this.#port.send(text, () => {
        this.#unsent -= 1;
      });
      return null;
    }
    return new Promise((resolve) => {
      this.#port.send(text, () => {
        this.#unsent -= 1;
        resolve();
      });
    });
  }

  /** Does the steps that are there. Null where none of them had to be waited for, as on most runs. */
  #work(): Promise<void> | null {
    this.#working = true;
    const waits = this.#advance();
    if (waits !== null) return this.#workBehind(waits);
    this.#working = false;
    return null;
  }

  async #workBehind(first: Promise<void>): Promise<void> {
    for (let waits: Promise<void> | null = first; waits !== null; waits = this.#advance()) await waits;
    this.#working = false;
  }

  /** Does steps up to one that has to be waited for; null when none is left. A promise costs as much as a small run. */
  #advance(): Promise<void> | null {
    for (let next = this.#steps.shift(); next !== undefined; next = this.#steps.shift()) {
      const { step, together, seen } = next;
      if (step.kind === "bars") {
        this.#bars.take(step);
        continue;
      }
      const waits = step.kind === "load" ? this.#load(step) : this.#run(step, seen, together);
      if (waits !== null) return waits;
    }
    return null;
  }

  /** Keeps an answer back for those that follow, as long as there are any and it is not for long. */
  #gather(text: string): Promise<void> | null {
    this.#answers.push(text);
    this.#waiting += text.length;
    const now = clock();
    const more = this.#steps[0]?.together === true && this.#answers.length < TOGETHER_MAX;
    if (more && this.#waiting < LARGE_CHARS && now - this.#answeredMs < TOGETHER_MS) return null;
    this.#answeredMs = now;
    this.#waiting = 0;
    const answers = this.#answers.join(",");
    this.#answers = [];
    return this.#send(`{"kind":"answers","sent":[${answers}]}`);
  }

  async #load(step: LoadStep): Promise<void> {
    const { job, strategy } = step;
    this.#job = job;
    const { problem, digest, files, rules } = await this.#make(step);
    const barsNeeded = this.#loaded.get(strategy)?.barsNeeded ?? 0;
    const sent = { kind: "loaded", job, problem, barsNeeded, digest, files, rules } as const;
    if (!parserIsBroken()) {
      await this.write(sent);
      return;
    }
    // The next strategy needs a parser that works: this process ends, and another one takes its place.
    await new Promise(() => {
      this.#port.send(JSON.stringify(sent), () => endProcess(65));
    });
  }

  /** Makes a strategy afresh from its state; answers why it cannot, and the digest of all that its file is made of. */
  async #make(step: LoadStep): Promise<{ readonly problem: string | null } & Code> {
    this.#loaded.delete(step.strategy);
    const { loaded, ...code } = step.file ? await this.#makeOwn(step) : this.#makeBuiltIn(step);
    if (typeof loaded === "string") return { problem: cut(loaded), ...code };
    this.#loaded.set(step.strategy, loaded);
    return { problem: null, ...code };
  }

  #makeBuiltIn(step: LoadStep): Made {
    const { module, symbols, params, sizing, seed, state } = step;
    const strategy = builtInStrategies[module];
    if (strategy === undefined) return { loaded: `${module} is no built-in strategy`, ...NO_CODE };
    const metas = new Map(step.metas.map((meta) => [meta.symbol, Object.freeze(meta)]));
    const prepared = prepareStrategy(strategy, module, params, {
      symbols: Object.freeze(symbols),
      sizing: Object.freeze(sizing),
      seed,
      metaOf: (symbol) => metas.get(symbol),
      heartbeat: () => this.#beat(),
    });
    if (typeof prepared === "string") return { loaded: prepared, ...NO_CODE };
    const instance = new StrategyInstance(prepared, null, state);
    const run = (text: string): string => {
      const seen = JSON.parse(text) as SeenWithoutBars;
      const result = instance.run({ ...seen, bars: this.#bars.windows(Object.keys(seen.positions)) });
      return resultText(result, instance.unread);
    };
    return { loaded: { barsNeeded: instance.barsNeeded, own: false, run }, ...NO_CODE };
  }

  async #makeOwn(step: LoadStep): Promise<Made> {
    const { strategy, module, symbols, params, sizing, seed, metas, state } = step;
    const realm = this.#realm;
    if (realm === null) return { loaded: `${module} does not load: ${refusalOf(this.#layers) ?? ""}`, ...NO_CODE };
    const asked = { kind: "load", strategy, module, symbols, params, sizing, seed, metas, state } as const;
    const { problem, barsNeeded, ...code } = await realm.load(this.#folder, asked, step.digest);
    const stray = await this.#settled(realm);
    if (problem !== null) return { loaded: problem, ...code };
    if (stray !== null) {
      realm.handle({ kind: "drop", strategy });
      return { loaded: `${module} does not load: ${stray}`, ...code };
    }
    const run = (seen: string): string => this.#runIn(realm, symbols, seen);
    return { loaded: { barsNeeded, own: true, run }, ...code };
  }

  /** Runs a user's strategy: the realm gets the bars that it lacks and what the run sees, and answers with a text. */
  #runIn(realm: Realm, symbols: readonly string[], seen: string): string {
    const bars: BarsStep[] = [];
    for (const symbol of symbols) {
      const history = this.#bars.of(symbol);
      const step = history?.since(this.#synced.get(symbol)) ?? null;
      if (history === undefined || step === null) continue;
      this.#synced.set(symbol, history.synced);
      bars.push(step);
    }
    return realm.run(seen, bars.length === 0 ? "" : JSON.stringify(bars));
  }

  /** Waits for what a user's code has set off; answers what of it failed. */
  async #settled(realm: Realm): Promise<string | null> {
    await turn();
    const stray = this.#stray;
    this.#stray = null;
    return stray === null ? null : `a promise was rejected and not caught: ${realm.describe(stray.error)}`;
  }

  /** Null where nothing has to be waited for. */
  #run(step: RunStep, seen: string, together: boolean): Promise<void> | null {
    const { job, load, strategy } = step;
    this.#job = job;
    if (load !== null) return this.#runLoaded(step, load, seen, together);
    const began = clock();
    const loaded = this.#loaded.get(strategy);
    if (loaded === undefined) return this.#ran(job, began, threw(`${strategy} is not loaded`), together);
    promised = false;
    const text = loaded.run(seen);
    return loaded.own && promised && this.#realm !== null
      ? this.#ranBehind(job, began, text, together, this.#realm)
      : this.#ran(job, began, text, together);
  }

  async #runLoaded(step: RunStep, load: LoadStep, seen: string, together: boolean): Promise<void> {
    const { problem } = await this.#make(load);
    const done =
      problem === null
        ? this.#run({ ...step, load: null }, seen, together)
        : this.#ran(step.job, clock(), threw(problem), together);
    if (done !== null) await done;
  }

  /** Answers a run that has set something off, once that has come to rest. */
  async #ranBehind(job: number, began: number, text: string, together: boolean, realm: Realm): Promise<void> {
    const stray = await this.#settled(realm);
    const { state } = stray === null ? {} : (JSON.parse(text) as RunResult);
    await this.#ran(job, began, stray === null ? text : threw(stray, state), together);
  }

  #ran(job: number, began: number, result: string, together: boolean): Promise<void> | null {
    const ran = `{"kind":"ran","job":${job},"rss":${this.#held(began)},"result":${result}}`;
    return together ? this.#gather(ran) : this.#send(ran);
  }

  /** Bytes that the process holds, measured again after a run that could have made it grow. */
  #held(began: number): number {
    const now = clock();
    if (now - began < MEASURED_MS && now - this.#measuredMs < MEASURE_EVERY_MS) return this.#rss;
    this.#measuredMs = now;
    this.#rss = rss();
    return this.#rss;
  }

  #beat(): void {
    const now = clock();
    if (now - this.#lastBeat < BEAT_MS) return;
    this.#lastBeat = now;
    void this.write({ kind: "beat", job: this.#job });
  }

  #stop(): void {
    this.#realm?.handle({ kind: "stop" });
    endProcess(0);
  }
}

/** The result of a run that failed, as JSON. */
const threw = (message: string, state?: string | null): string =>
  JSON.stringify({ outcome: "threw", orders: [], message: cut(message), ...(state === undefined ? {} : { state }) });

const port = openPort();
// A terminal's Ctrl-C goes to every process of the group; the session's own decides what becomes of this one.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
const onGone = process.once.bind(process, "disconnect") as (call: () => void) => void;
const host = new Host(port, fileURLToPath(process.argv[2] ?? "file:///nowhere/"));
onGone(() => host.orphaned());
port.listen((text) => host.receive(text));
await host.begin();
