/**
 * What is read beside the session's loop: a session that is verified, and router snapshots, which have tens of megabytes.
 *
 * 1. Everything here is plain data: it crosses between threads. A preview gets a snapshot's figures; its state comes back as columns
 *    where it is applied.
 * 2. Nothing is written, and no session is opened.
 */
import { partsOf, readRouterState, type SnapshotParts } from "../../orchestrator/index.ts";
import type { Verdict } from "../../harness/verify.ts";
import { figuresOf, figuresOnDisk, type RouterFigures } from "../../live/session/snapshots/restore-figures.ts";
import { readText } from "../../store/files/atomic.ts";
import { digestOf } from "../../store/files/digest.ts";
import { nodeFileSystem } from "../../store/files/node-file-system.ts";
import { ROUTER_STATE_BYTES_MAX } from "../../store/session/router-file.ts";

/** Orders in flight that a preview lists. */
const ORDERS_SHOWN_MAX = 200;

export interface VerifyJob {
  readonly kind: "verify";
  readonly workspace: string;
  readonly id: string;
}

/** A snapshot: a text, or a file that is read here. */
export interface SnapshotJob {
  readonly kind: "snapshot";
  readonly name: string;
  readonly from: { readonly text: string } | { readonly path: string };
}

/** A snapshot's state to be applied, where its bytes are still the ones that are named. */
export interface StateJob {
  readonly kind: "state";
  readonly name: string;
  readonly from: SnapshotJob["from"];
  readonly sha256: string;
}

/** The figures of a `router_state.json`; null where there is none. */
export interface FiguresJob {
  readonly kind: "figures";
  readonly routerState: string;
}

export type Job = VerifyJob | SnapshotJob | StateJob | FiguresJob;

export interface SnapshotFacts {
  readonly bytes: number;
  readonly sha256: string;
  readonly figures: RouterFigures;
  readonly session: string | null;
  readonly journalPosition: number | null;
  readonly newestAt: number | null;
  /** Of the newest order, where the snapshot says it. */
  readonly latest: number | null;
  /** The newest moment of each strategy's rate window. */
  readonly rateWindows: readonly number[];
  readonly orders: readonly {
    readonly orderId: string;
    readonly strategy: string;
    readonly symbol: string;
    readonly quantity: number;
    readonly price: number;
    readonly at: number;
  }[];
}

export interface Results {
  readonly verify: Verdict;
  readonly snapshot: SnapshotFacts;
  /** Null where the bytes are others; these are not read. */
  readonly state: SnapshotParts | null;
  readonly figures: RouterFigures | null;
}

/** Does a job. `onProgress` takes a share of one. Throws the job's CodedError. */
export async function runJob(job: Job, onProgress: (share: number) => void): Promise<Results[Job["kind"]]> {
  if (job.kind === "figures") return figuresOnDisk(nodeFileSystem, job);
  if (job.kind === "snapshot") return snapshotFacts(job);
  if (job.kind === "state") return stateOf(job);
  // Loaded when it is needed: a snapshot's thread starts in a quarter of the time without it.
  const [{ verifySession }, { workspaceAt }] = await Promise.all([
    import("../../harness/verify.ts"),
    import("../../store/workspace/workspace.ts"),
  ]);
  return verifySession(workspaceAt(job.workspace), job.id, onProgress);
}

const textOf = (from: SnapshotJob["from"]): string =>
  "text" in from ? from.text : readText(nodeFileSystem, from.path, ROUTER_STATE_BYTES_MAX);

function stateOf({ name, from, sha256 }: StateJob): SnapshotParts | null {
  const text = textOf(from);
  return digestOf(text) === sha256 ? partsOf(readRouterState(text, { fileName: name })) : null;
}

function snapshotFacts({ name, from }: SnapshotJob): SnapshotFacts {
  const text = textOf(from);
  const snapshot = readRouterState(text, { fileName: name });
  const orders = Object.entries(snapshot.inflight);
  const newest = orders.reduce<number | null>(
    (last, [, { timestamp }]) => (last === null || timestamp > last ? timestamp : last),
    null,
  );
  return {
    bytes: Buffer.byteLength(text),
    sha256: digestOf(text),
    figures: figuresOf(snapshot),
    session: snapshot.session,
    journalPosition: snapshot.journalPosition,
    newestAt: snapshot.latest ?? newest,
    latest: snapshot.latest,
    rateWindows: Object.values(snapshot.rateCounters).flatMap((moments) =>
      moments.length === 0 ? [] : [moments.reduce((last, at) => (at > last ? at : last))],
    ),
    orders: orders.slice(0, ORDERS_SHOWN_MAX).map(([orderId, order]) => ({
      orderId,
      strategy: order.strategyId,
      symbol: order.symbol,
      quantity: order.quantity,
      price: order.price,
      at: order.timestamp,
    })),
  };
}
