/** A session's record for tests: complete, of a session that stopped in order, and easy to vary. */
import type { FileSystem } from "../../../src/shared/ports.ts";
import { writeRecord, type SessionFiles, type SessionRecord } from "../../../src/store/index.ts";
import { at } from "../journal/entries.ts";

export function recordOf(more: Partial<SessionRecord> = {}): SessionRecord {
  return {
    schema: 1,
    id: "2026-01-05_1430_basket_book",
    state: "stopped",
    desk: "demo",
    source: "demo",
    seed: "7",
    clock: "virtual",
    speed: "max",
    runDigest: "0".repeat(64),
    versions: { program: "0.1.0" },
    fillModel: "marks",
    light: false,
    feed: [{ name: "synthetic", sha256: "a".repeat(64), rows: 10 }],
    configuration: { name: "demo" },
    created: "2026-01-05T14:30:00+00:00",
    started: "2026-01-05T14:30:00+00:00",
    stopped: "2026-01-05T15:30:00+00:00",
    startedAt: at(0),
    lastAt: at(3_600),
    position: 10,
    cause: "feed_ended",
    runs: 5,
    orders: 3,
    fills: 2,
    refused: 0,
    troubles: { strategies: 2, failing: 0, list: [], more: 0 },
    rejections: { max_notional_exceeded: 1 },
    equityStart: "1000",
    equityEnd: "1001.5",
    pnl: "1.5",
    fees: "0.02",
    maxDrawdown: -0.001,
    driftOpen: 0,
    workingOrders: 0,
    halts: [],
    failure: null,
    ...more,
  };
}

export function saveRecord(fs: FileSystem, files: SessionFiles, record: SessionRecord): void {
  writeRecord(fs, files.record, record);
}
