/**
 * Restoring a router snapshot into a session: checked first, then applied and journaled in one piece.
 *
 * 1. What is wrong with a snapshot is reported before anything is touched.
 * 2. The router's next number is never below one that the journal or the venue has seen.
 * 3. Orders in flight in the snapshot are asked about at the venue, and never sent.
 */
import { OrderRouter, readRouterState, sequenceOf, toRouterState } from "../../../orchestrator/index.ts";
import type { RouterSnapshot } from "../../../orchestrator/index.ts";
import type { Desk } from "../../../shared/desk.ts";
import { digestOf } from "../../../store/index.ts";
import type { RestoreRequest } from "../state/api.ts";
import { haltSession, journalDrift } from "../state/halts.ts";
import type { Core } from "../state/parts.ts";

/** A snapshot that may be applied to sessions of a desk. Throws `snapshot_invalid` or `snapshot_limits_differ`. */
export function checkRestore(request: RestoreRequest, desk: Desk): RouterSnapshot {
  const { text, source } = request;
  const snapshot = typeof text === "string" ? readRouterState(text, { fileName: source }) : text.snapshot;
  const { rateLimitPerSec, maxInflight } = desk.orchestrator;
  OrderRouter.restore(snapshot, {
    rateLimitPerSec,
    maxInflight,
    takeSnapshotLimits: request.useSnapshotLimits === true,
  });
  return snapshot;
}

/** The highest order number that the venue's ids of this session name, from what is working; 0 for none. */
function highestWorking(core: Core): number {
  return Math.max(0, ...[...core.model.working.keys()].map((id) => sequenceOf(id) ?? 0));
}

/** Puts the snapshot in the router's place and adds that to the ledger; the caller commits. */
export function applyRestore(core: Core, request: RestoreRequest, snapshot: RouterSnapshot): void {
  const nextSequence = Math.max(snapshot.nextSequence, core.router.nextSequence, highestWorking(core) + 1);
  const state = toRouterState(snapshot);
  // A recovery reads the entry's state to the same router; here it was read already, and reading it again would take the longest of all.
  core.router = OrderRouter.restore(snapshot);
  core.router.raiseSequence(nextSequence);
  const { source, operator, note, text } = request;
  const sha256 = typeof text === "string" ? digestOf(text) : text.sha256;
  core.ledger.add({ kind: "restore", source, sha256, operator, note, nextSequence, state }, core.now);
  journalDrift(core, core.now);
  if (core.router.halted && !core.model.halted) {
    const why = core.router.haltReasons.map((reason) => reason.message).join(" ");
    const message = `The restored snapshot is halted${why === "" ? "" : `: ${why}`}`;
    haltSession(core, { source: "fault", code: "restored_halted", message }, core.now);
  }
}
