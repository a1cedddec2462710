/**
 * Restoring a router snapshot: what it holds and what would change first, and only then the operator's confirmation.
 *
 * 1. A preview changes nothing. Its token stands for exactly the bytes that were previewed and the state that they were compared with,
 *    and is good once: where the session, its journal or the desk has changed since, nothing is applied.
 * 2. A path is read only where this host's own dialog, Open Recent or the machine handed it over.
 * 3. At most `TOKENS_MAX` previews wait; the oldest goes first.
 */
import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { readRouterState, type RouterSnapshot } from "../../orchestrator/index.ts";
import type { Handlers, Input, RestorePreview } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatMoment, type Moment } from "../../shared/time.ts";
import type { Desk } from "../../shared/desk.ts";
import {
  checkRestore,
  createSession,
  differencesOf,
  figuresOf,
  figuresOnDisk,
  reopenSession,
} from "../../live/session/index.ts";
import {
  digestOf,
  findSession,
  readJournal,
  readRecord,
  readText,
  ROUTER_STATE_BYTES_MAX,
  storedDesk,
} from "../../store/index.ts";
import { SYNTHETIC_START } from "../../live/feed/factory.ts";
import type { HostState } from "../state/state.ts";

const TOKENS_MAX = 8;
const ORDERS_SHOWN_MAX = 200;

interface Previewed {
  readonly source: string;
  readonly text: string;
  readonly target: string | null;
}

interface Waiting extends Previewed {
  /** A digest of what the snapshot was compared with. */
  readonly compared: string;
}

type RestoreHandlers = Pick<Handlers, "restore.pick" | "restore.preview" | "restore.apply">;

/** Which paths this host gave out; a view may not name any other. */
export class KnownPaths {
  readonly #state: HostState;
  readonly #given = new Set<string>();

  constructor(state: HostState) {
    this.#state = state;
  }

  give(path: string): void {
    this.#given.add(path);
  }

  has(path: string): boolean {
    return this.#given.has(path) || this.#state.recent.some((one) => one.path === path);
  }
}

export function restoreHandlers(state: HostState, paths: KnownPaths): RestoreHandlers {
  const { workspace } = state;
  const previews = new Map<string, Waiting>();
  const ports = state.sessionPorts();
  return {
    "restore.pick": async () => {
      const path = (await state.options.pickFile?.()) ?? null;
      if (path !== null) paths.give(path);
      return { path };
    },
    "restore.preview": async ({ source, target }) => {
      const { name, text } = readSource(state, paths, source);
      const preview = await previewOf(state, { source: name, text, target });
      previews.set(preview.token, { source: name, text, target, compared: await comparedOf(state, target) });
      const oldest = previews.keys().next();
      if (previews.size > TOKENS_MAX && oldest.done !== true) previews.delete(oldest.value);
      if (source.kind === "path") state.remember(source.path, name);
      return preview;
    },
    "restore.apply": async ({ token, operator, note, useSnapshotLimits, acceptCodeChange }) => {
      const previewed = previews.get(token);
      if (previewed === undefined)
        throw new CodedError("not_found", "This preview has expired: preview the snapshot again, then apply it.");
      const restore = { source: previewed.source, text: previewed.text, operator, note, useSnapshotLimits };
      const { target } = previewed;
      const code = acceptCodeChange === true ? ("accept changes" as const) : undefined;
      return state.opening(async () => {
        if ((await comparedOf(state, target)) !== previewed.compared) {
          previews.delete(token);
          throw new CodedError(
            "session_conflict",
            `${target === null ? "The desk has" : `Session ${target} has`} changed since this preview, so what it showed is no longer ` +
              "true. Nothing was changed. Preview the snapshot again, then apply it.",
            { target },
          );
        }
        const live =
          target === null
            ? await createSession({ workspace, desk: await state.readDesk(), restore, ports })
            : await reopenSession({ workspace, id: target, restore, code, ports });
        previews.delete(token);
        await state.open(live);
        const probe = live.probe();
        const nextSequence = Number(probe.router.nextOrderId.replace("ROUTER-", ""));
        return { id: live.id, nextSequence, messages: messagesOf(previewed, nextSequence, probe.router.inflight) };
      });
    },
  };
}

function messagesOf(previewed: Previewed, nextSequence: number, inflight: number): string[] {
  const inSnapshot = readRouterState(previewed.text, { fileName: previewed.source }).nextSequence;
  const messages = [`${previewed.source} is restored; the next order is number ${nextSequence}.`];
  if (nextSequence > inSnapshot)
    messages.push(
      `The snapshot's next order number is ${inSnapshot}; later numbers are in use, so the router continues after them.`,
    );
  if (inflight > 0)
    messages.push(`${inflight} orders are in flight in it; the venue is queried about each, and none is sent again.`);
  return messages;
}

function readSource(
  state: HostState,
  paths: KnownPaths,
  source: Input<"restore.preview">["source"],
): { name: string; text: string } {
  if (source.kind === "text") return { name: basename(source.name) || "snapshot", text: source.text };
  if (source.kind === "session") {
    const files = findSession(state.workspace, source.id);
    return {
      name: `${source.id}/router_state.json`,
      text: readText(state.ports.files, files.routerState, ROUTER_STATE_BYTES_MAX),
    };
  }
  if (!paths.has(source.path))
    throw new CodedError(
      "refused",
      "This file was not picked here. Use the file picker, Open Recent, or drop the file.",
    );
  return { name: basename(source.path), text: readText(state.ports.files, source.path, ROUTER_STATE_BYTES_MAX) };
}

/** The desk that the snapshot would work with: the target session's own, else the workspace's. */
async function deskFor(state: HostState, target: string | null): Promise<Desk> {
  if (target === null) return state.readDesk();
  if (state.opened?.live.id === target) return state.opened.live.desk;
  const { record } = findSession(state.workspace, target);
  return storedDesk(readRecord(state.ports.files, record).configuration, record);
}

function currentOf(state: HostState, target: string | null): RestorePreview["current"] {
  if (target === null) return null;
  if (state.opened?.live.id === target) {
    const { router } = state.opened.live.probe();
    const { rateLimitPerSec, maxInflight, halted, inflight, keys } = router;
    const nextSequence = Number(router.nextOrderId.replace("ROUTER-", ""));
    return { rateLimitPerSec, maxInflight, nextSequence, halted, inflight, keys };
  }
  return figuresOnDisk(state.ports.files, findSession(state.workspace, target));
}

/** A digest of what a preview compares with: the desk, the target's router, and how far its journal is. */
async function comparedOf(state: HostState, target: string | null): Promise<string> {
  const desk = await deskFor(state, target);
  return digestOf(JSON.stringify([desk, currentOf(state, target), target === null ? null : journalOf(state, target)]));
}

function journalOf(state: HostState, target: string): unknown {
  const files = findSession(state.workspace, target);
  if (!state.ports.files.exists(files.journal)) return null;
  const journal = readJournal(files.journal);
  try {
    return journal.position;
  } finally {
    journal.close();
  }
}

async function previewOf(state: HostState, previewed: Previewed): Promise<RestorePreview> {
  const { source, text, target } = previewed;
  const snapshot = readRouterState(text, { fileName: source });
  const desk = await deskFor(state, target);
  checkRestore({ source, text, operator: "preview", note: "preview", useSnapshotLimits: true }, desk);
  const figures = figuresOf(snapshot);
  const current = currentOf(state, target);
  const { rateLimitPerSec, maxInflight } = desk.orchestrator;
  const limitsDiffer = rateLimitPerSec !== figures.rateLimitPerSec || maxInflight !== figures.maxInflight;
  const orders = Object.entries(snapshot.inflight);
  const moments = orders.map(([, order]) => order.timestamp as number);
  return {
    token: randomUUID(),
    name: source,
    bytes: Buffer.byteLength(text),
    sha256: digestOf(text),
    target,
    snapshot: {
      ...figures,
      session: snapshot.session,
      journalPosition: snapshot.journalPosition,
      newestAt: snapshot.latest ?? (moments.length === 0 ? null : Math.max(...moments)),
    },
    current,
    differences: differencesOf(figures, current),
    warnings: [
      ...warningsOf(state, snapshot, figures, limitsDiffer, desk),
      ...aheadOf(snapshot, startOf(state, desk, target)),
    ],
    orders: orders.slice(0, ORDERS_SHOWN_MAX).map(([orderId, order]) => ({
      orderId,
      strategy: order.strategyId,
      symbol: order.symbol,
      quantity: order.quantity,
      price: order.price,
      at: order.timestamp,
    })),
    limitsDiffer,
  };
}

/** The moment from which the session would go, where it is known before it is opened. */
function startOf(state: HostState, desk: Desk, target: string | null): number | null {
  if (desk.clock.kind === "system") return state.ports.wallMs() * 1_000;
  if (target === null) return desk.clock.start ?? (desk.feed.kind === "synthetic" ? SYNTHETIC_START : null);
  if (state.opened?.live.id === target) return state.opened.live.probe().now;
  return readRecord(state.ports.files, findSession(state.workspace, target).record).lastAt;
}

/** What a snapshot of a later time does to a session: its rate windows count moments that have not come yet. */
function aheadOf({ rateCounters, latest }: RouterSnapshot, start: number | null): string[] {
  if (start === null) return [];
  const ahead = Object.values(rateCounters).filter((moments) => moments.some((at) => at > start)).length;
  const newest = Math.max(latest ?? 0, ...Object.values(rateCounters).flat());
  if (newest <= start) return [];
  const windows =
    ahead === 0
      ? ""
      : ` The rate windows of ${ahead} ${ahead === 1 ? "strategy" : "strategies"} lie in that future and stay full until then.`;
  return [
    `The snapshot is newer than the session's clock: its newest order is of ${formatMoment(newest as Moment)}, ` +
      `and the session continues from ${formatMoment(start as Moment)}.${windows}`,
  ];
}

function warningsOf(
  state: HostState,
  snapshot: RouterSnapshot,
  figures: NonNullable<RestorePreview["current"]>,
  limitsDiffer: boolean,
  desk: Desk,
): string[] {
  const warnings: string[] = [];
  if (state.opened?.alive === true)
    warnings.push(`Session ${state.opened.live.id} is running: stop it before you apply this.`);
  if (snapshot.halted)
    warnings.push("The snapshot is halted: the session opens halted, and trades only after a review and a resume.");
  if (figures.inflight > 0)
    warnings.push(
      `${figures.inflight} orders are in flight in it. The venue is queried about each; none is sent again.`,
    );
  if (limitsDiffer) {
    const { rateLimitPerSec, maxInflight } = desk.orchestrator;
    warnings.push(
      `Its limits are ${figures.rateLimitPerSec} orders a second and ${figures.maxInflight} in flight; ` +
        `the desk says ${rateLimitPerSec} and ${maxInflight}.`,
    );
  }
  return warnings;
}
