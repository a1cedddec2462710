/**
 * Whether `session.json` says what the journal gives. It is a summary, and a session resumes without it; but people and programs read it.
 *
 * 1. Only what the journal determines is compared: wall times, versions and how the session ended are the record's own.
 * 2. A record of an earlier entry, as a running or interrupted session has, is not compared, and neither is one of an earlier version.
 */
import { isDeepStrictEqual } from "node:util";
import { storedDesk, type SessionRecord } from "../store/index.ts";
import type { Core } from "../live/session/state/parts.ts";

/** The desk with absent and undefined fields alike. */
const plainDesk = (value: unknown, where: string): unknown => JSON.parse(JSON.stringify(storedDesk(value, where)));

const haltsOf = (halts: SessionRecord["halts"]): unknown => halts.map(({ source, code, at }) => [source, code, at]);

/** The first field in which the record differs from the session's parts as the whole journal leaves them; null where none does. */
export function recordFault(record: SessionRecord, core: Core, path: string): string | null {
  const { model, desk, books } = core;
  const figures = books.figures();
  const pairs: readonly (readonly [name: string, said: unknown, given: unknown])[] = [
    ["id", record.id, core.id],
    ["desk", record.desk, desk.name],
    ["source", record.source, desk.source],
    ["seed", record.seed, desk.seed],
    ["clock", record.clock, core.clock.kind],
    ["runDigest", record.runDigest, core.runDigest],
    ["startedAt", record.startedAt, core.startedAt],
    ["runs", record.runs, model.runs],
    ["orders", record.orders, model.orders],
    ["fills", record.fills, model.fills],
    ["fees", record.fees, figures.fees],
    ["currency", record.currency, desk.broker.currency],
    ["equityStart", record.equityStart, model.equityStart],
    ["driftOpen", record.driftOpen, model.driftOpen],
    ["workingOrders", record.workingOrders, model.working.size],
    ["halts", haltsOf(record.halts), haltsOf([...model.halts])],
  ];
  const wrong = pairs.find(([, said, given]) => !isDeepStrictEqual(said, given));
  if (wrong !== undefined) {
    const [name, said, given] = wrong;
    return `session.json says ${name} ${JSON.stringify(said)}, the journal gives ${JSON.stringify(given)}; its text was changed`;
  }
  return isDeepStrictEqual(plainDesk(record.configuration, path), plainDesk(desk, path))
    ? null
    : "session.json has another configuration than the journal; its text was changed";
}
