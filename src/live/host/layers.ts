/**
 * The layers of the fence that hold around a host process on this machine, as the process itself finds them.
 *
 * 1. A layer holds when it was tried or asked for in the process that it is about, never because it was intended.
 * 2. Without a realm of its own or without Node's permission model no user's file is loaded.
 */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parse } from "node:path";
import * as vm from "node:vm";

export interface Layers {
  /** Strategies' code has a realm of its own, without one object of Node. */
  readonly realm: boolean;
  /** Node's permission model: no writing, no other processes or threads, no reading beyond the program and the strategies. */
  readonly permission: boolean;
  /** No signal opens the inspector of the process. */
  readonly inspector: boolean;
  /** The system gives the process no network. */
  readonly network: boolean;
  /** The system limits its memory while it runs. */
  readonly memory: boolean;
}

/** What each layer is, in the words that people are shown; and what is so where it is missing. */
export const LAYER_TEXTS: Readonly<Record<keyof Layers, { readonly holds: string; readonly missing: string }>> = {
  realm: {
    holds: "strategies run in a realm of their own, without any object of Node",
    missing: "there is no realm for strategies here, so no strategy file is loaded",
  },
  permission: {
    holds: "Node's permission model: no writing, no other processes or threads",
    missing: "Node's permission model is off here, so no strategy file is loaded",
  },
  inspector: {
    holds: "the inspector cannot be opened by a signal",
    missing: "the inspector could be opened by a signal",
  },
  network: {
    holds: "the system gives it no network",
    missing: "the system does not take the network away; only the realm and the names that it lacks do",
  },
  memory: {
    holds: "the system limits its memory while it runs",
    missing: "only the heap is limited while it runs; other memory is measured after each run",
  },
};

/** What of the fence a system cannot have, in a sentence; null where all of it is possible. */
export function absentOn(platform: string): string | null {
  if (platform === "linux") return null;
  const name = platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;
  return `on ${name} the system's own layers, without network and with a limit of all memory, are absent: Logos has them on Linux only`;
}

export const LAYER_NAMES = Object.keys(LAYER_TEXTS) as readonly (keyof Layers)[];

const NONE: Layers = { realm: false, permission: false, inspector: false, network: false, memory: false };

/** Reads what a host process said of itself; whatever is not said does not hold. */
export function layersOf(value: unknown): Layers {
  if (typeof value !== "object" || value === null) return NONE;
  const values = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(LAYER_NAMES.map((name) => [name, values[name] === true])) as unknown as Layers;
}

/** Why no user's file may be loaded in a process with these layers, or null. */
export function refusalOf(layers: Layers): string | null {
  const missing = (["realm", "permission"] as const).find((name) => !layers[name]);
  if (missing === undefined) return null;
  return `${LAYER_TEXTS[missing].missing}; run the desk by \`logos run\`, or put a Node of 24.8 or newer on the path`;
}

function makesNoCode(): boolean {
  try {
    // Of a made-up text: where this works, the flag that forbids it is not there.
    Reflect.construct(Function, ["return 1"]);
    return false;
  } catch {
    return true;
  }
}

function permissionHolds(): boolean {
  // Absent where the model is off.
  const permission = process.permission as typeof process.permission | undefined;
  if (permission === undefined) return false;
  const denied = ["fs.write", "child", "worker", "addon", "wasi", "inspector"];
  return denied.every((scope) => !permission.has(scope)) && !permission.has("fs.read", parse(process.execPath).root);
}

function memoryHolds(): boolean {
  try {
    return /^Max data size\s+\d/m.test(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return false;
  }
}

/** Finds out what holds in this process. Asked before anything is taken away from it. */
export function findLayers(): Layers {
  return {
    realm: typeof (vm as { SourceTextModule?: unknown }).SourceTextModule === "function" && makesNoCode(),
    permission: permissionHolds(),
    inspector: process.execArgv.includes("--disable-sigusr1"),
    network: process.platform === "linux" && Object.keys(networkInterfaces()).length === 0,
    memory: process.platform === "linux" && memoryHolds(),
  };
}
