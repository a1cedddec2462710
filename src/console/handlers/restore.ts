/**
 * Restoring a router snapshot: what it holds and what would change first, and only then the operator's confirmation.
 *
 * 1. A preview changes nothing. Its token stands for exactly the bytes that were previewed and the state that they were compared with,
 *    and is good once: where the session, its journal or the desk has changed since, nothing is applied.
 * 2. A path is read only where this host's own dialog, Open Recent or the machine handed it over.
 * 3. Snapshots are read in threads of their own, never on the loop; a preview keeps figures and a digest, and the text is read again to
 *    be applied, where its digest is still the one that was previewed.
 * 4. At most `TOKENS_MAX` previews wait; the oldest goes first.
 */
import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import type { Handlers, Input, RestorePreview } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatMoment, type Moment } from "../../shared/time.ts";
import { snapshotOf } from "../../orchestrator/index.ts";
import type { Desk } from "../../shared/desk.ts";
import { createSession, differencesOf, reopenSession, type RouterFigures } from "../../live/session/index.ts";
import { digestOf, findSession, readJournal, readRecord, storedDesk } from "../../store/index.ts";
import { SYNTHETIC_START } from "../../live/feed/factory.ts";
import type { Uploads } from "../data/uploads.ts";
import type { Inspections } from "../inspection/inspections.ts";
import type { SnapshotFacts, SnapshotJob } from "../inspection/jobs.ts";
import type { HostState } from "../state/state.ts";

const TOKENS_MAX = 8;

type From = SnapshotJob["from"];

interface Waiting {
  readonly name: string;
  /** A file is read again when it is applied: it may have a hundred megabytes. */
  readonly from: From;
  readonly facts: Pick<SnapshotFacts, "sha256" | "figures">;
  readonly target: string | null;
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

export interface RestorePorts {
  readonly paths: KnownPaths;
  readonly uploads: Pick<Uploads, "find">;
  readonly inspections: Inspections;
}

export function restoreHandlers(state: HostState, doors: RestorePorts): RestoreHandlers {
  const { workspace } = state;
  const { paths, inspections } = doors;
  const previews = new Map<string, Waiting>();
  const ports = state.sessionPorts();
  return {
    "restore.pick": async () => {
      const path = (await state.options.pickFile?.()) ?? null;
      if (path !== null) paths.give(path);
      return { path };
    },
    "restore.preview": async ({ source, target }) => {
      const { name, from } = sourceOf(state, doors, source);
      const desk = await deskFor(state, target);
      const facts = await inspections.start({ kind: "snapshot", name, from }).result;
      const current = await currentOf(state, inspections, target);
      const preview = previewOf(state, { name, target, facts, current, desk });
      const compared = comparedOf(state, target, desk, current);
      previews.set(preview.token, { name, from, target, facts, compared });
      const oldest = previews.keys().next();
      if (previews.size > TOKENS_MAX && oldest.done !== true) previews.delete(oldest.value);
      if (source.kind === "path") state.remember(source.path, name);
      return preview;
    },
    "restore.apply": async ({ token, operator, note, useSnapshotLimits, acceptCodeChange }) => {
      const previewed = previews.get(token);
      if (previewed === undefined)
        throw new CodedError("not_found", "This preview has expired: preview the snapshot again, then apply it.");
      const { target } = previewed;
      const code = acceptCodeChange === true ? ("accept changes" as const) : undefined;
      return state.opening(async () => {
        const desk = await deskFor(state, target);
        const { name, from, facts } = previewed;
        const { sha256 } = facts;
        const now = comparedOf(state, target, desk, await currentOf(state, inspections, target));
        const parts =
          now === previewed.compared ? await inspections.start({ kind: "state", name, from, sha256 }).result : null;
        if (parts === null) {
          const same = now === previewed.compared;
          const what = same ? name : target === null ? "The desk" : `Session ${target}`;
          previews.delete(token);
          throw new CodedError(
            "session_conflict",
            `${what} has changed since this preview, so what it showed is no longer true. Nothing was changed. ` +
              "Preview the snapshot again, then apply it.",
            { target },
          );
        }
        const text = { snapshot: snapshotOf(parts.head, parts.fills, parts.list), sha256 };
        const restore = { source: name, text, operator, note, useSnapshotLimits };
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

function messagesOf({ name, facts }: Waiting, nextSequence: number, inflight: number): string[] {
  const inSnapshot = facts.figures.nextSequence;
  const messages = [`${name} is restored; the next order is number ${nextSequence}.`];
  if (nextSequence > inSnapshot)
    messages.push(
      `The snapshot's next order number is ${inSnapshot}; later numbers are in use, so the router continues after them.`,
    );
  if (inflight > 0)
    messages.push(`${inflight} orders are in flight in it; the venue is queried about each, and none is sent again.`);
  return messages;
}

function sourceOf(
  state: HostState,
  { paths, uploads }: RestorePorts,
  source: Input<"restore.preview">["source"],
): { readonly name: string; readonly from: From } {
  if (source.kind === "text") return { name: basename(source.name) || "snapshot", from: { text: source.text } };
  if (source.kind === "upload") {
    const { name, path } = uploads.find(source.upload);
    return { name, from: { path } };
  }
  if (source.kind === "session") {
    const files = findSession(state.workspace, source.id);
    return { name: `${source.id}/router_state.json`, from: { path: files.routerState } };
  }
  if (!paths.has(source.path))
    throw new CodedError(
      "refused",
      "This file was not picked here. Use the file picker, Open Recent, or drop the file.",
    );
  return { name: basename(source.path), from: { path: source.path } };
}

/** The desk that the snapshot would work with: the target session's own, else the workspace's. */
async function deskFor(state: HostState, target: string | null): Promise<Desk> {
  if (target === null) return state.readDesk();
  if (state.opened?.live.id === target) return state.opened.live.desk;
  const { record } = findSession(state.workspace, target);
  return storedDesk(readRecord(state.ports.files, record).configuration, record);
}

async function currentOf(
  state: HostState,
  inspections: Inspections,
  target: string | null,
): Promise<RestorePreview["current"]> {
  if (target === null) return null;
  if (state.opened?.live.id === target) {
    const { router } = state.opened.live.probe();
    const { rateLimitPerSec, maxInflight, halted, inflight, keys } = router;
    const nextSequence = Number(router.nextOrderId.replace("ROUTER-", ""));
    return { rateLimitPerSec, maxInflight, nextSequence, halted, inflight, keys };
  }
  const { routerState } = findSession(state.workspace, target);
  return inspections.start({ kind: "figures", routerState }).result;
}

/** A digest of what a preview compares with: the desk, the target's router, and how far its journal is. */
function comparedOf(state: HostState, target: string | null, desk: Desk, current: RestorePreview["current"]): string {
  return digestOf(JSON.stringify([desk, current, target === null ? null : journalOf(state, target)]));
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

interface Previewed {
  readonly name: string;
  readonly target: string | null;
  readonly facts: SnapshotFacts;
  readonly current: RestorePreview["current"];
  readonly desk: Desk;
}

function previewOf(state: HostState, { name, target, facts, current, desk }: Previewed): RestorePreview {
  const { bytes, sha256, figures, session, journalPosition, newestAt, orders } = facts;
  const { rateLimitPerSec, maxInflight } = desk.orchestrator;
  const limitsDiffer = rateLimitPerSec !== figures.rateLimitPerSec || maxInflight !== figures.maxInflight;
  return {
    token: randomUUID(),
    name,
    bytes,
    sha256,
    target,
    snapshot: { ...figures, session, journalPosition, newestAt },
    current,
    differences: differencesOf(figures, current),
    warnings: [...warningsOf(state, figures, limitsDiffer, desk), ...aheadOf(facts, startOf(state, desk, target))],
    orders: orders.map((order) => ({ ...order })),
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
function aheadOf({ rateWindows, latest }: SnapshotFacts, start: number | null): string[] {
  if (start === null) return [];
  const ahead = rateWindows.filter((at) => at > start).length;
  const newest = Math.max(latest ?? 0, ...rateWindows);
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

function warningsOf(state: HostState, figures: RouterFigures, limitsDiffer: boolean, desk: Desk): string[] {
  const warnings: string[] = [];
  if (state.opened?.alive === true)
    warnings.push(`Session ${state.opened.live.id} is running: stop it before you apply this.`);
  if (figures.halted)
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
