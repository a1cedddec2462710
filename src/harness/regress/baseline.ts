/**
 * A baseline: what a fixture's run was, kept beside it.
 *
 * 1. `baseline/manifest.json` has the version of its form and the digest of every file; a baseline of another version, and one
 *    whose files are not those of its manifest, is refused and never compared with.
 * 2. Events lie in `events.ndjson.gz`, one gzip member for each block of lines, so that they are read in memory that does not
 *    grow with the run; `zcat` reads it too.
 * 3. A new baseline is written whole beside the old one and then takes its place; a failure leaves the old one.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import { CodedError } from "../../shared/errors.ts";
import { ioError, nodeFileSystem, readText, writeTextAtomic } from "../../store/index.ts";
import { ARTIFACTS, type RunResult } from "./artifacts.ts";
import type { EventLog } from "./events.ts";
import type { Fixture, InputFile } from "./fixture.ts";

/** The version of a baseline's form: events and artifacts. It goes up when one of them gets another form. */
export const BASELINE_SCHEMA = 1;
const EVENTS_FILE = "events.ndjson.gz";
const MANIFEST_FILE = "manifest.json";
const MANIFEST_BYTES_MAX = 4_000_000;
/** One unpacked block of events is at most this long. */
const BLOCK_BYTES_MAX = 256 * 1024 * 1024;

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const ManifestSchema = z.object({
  schema: z.number(),
  fixture: z.string(),
  events: z.number(),
  /** The lengths of the gzip members of the events' file. */
  blocks: z.array(z.number().int().positive()).max(1_000_000),
  files: z.record(z.string(), Digest),
  inputs: z.record(z.string(), Digest),
});
type Manifest = z.infer<typeof ManifestSchema>;

export interface Baseline {
  readonly folder: string;
  readonly eventCount: number;
  readonly events: EventLog;
  /** The fixture's files as they were when it was made. */
  readonly inputs: Readonly<Record<string, string>>;
}

const REFRESH = "`logos regress --refresh-baseline --confirm-refresh` makes a new one.";

export const baselineFolder = (fixture: Pick<Fixture, "folder">): string => join(fixture.folder, "baseline");

function fault(path: string, what: string, rule: string): CodedError {
  return new CodedError("fixture_invalid", `${path}: ${what} ${REFRESH}`, { path, rule });
}

function digestOfFile(path: string): string {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(1 << 20);
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk))
      hash.update(chunk.subarray(0, count));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

function readManifest(path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(readText(nodeFileSystem, path, MANIFEST_BYTES_MAX));
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw fault(path, "is no JSON, so the baseline cannot be used.", "json");
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== BASELINE_SCHEMA)
    throw fault(
      path,
      `the baseline is of version ${String(schema)}, and this program compares version ${BASELINE_SCHEMA}.`,
      "version",
    );
  const parsed = ManifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fault(path, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}.`, "form");
}

function* readBlocks(path: string, blocks: readonly number[]): Generator<string> {
  const file = openSync(path, "r");
  try {
    let place = 0;
    for (const length of blocks) {
      const packed = Buffer.alloc(length);
      let read = 0;
      while (read < length) {
        const count = readSync(file, packed, read, length - read, place + read);
        if (count === 0) throw fault(path, "ends too early.", "length");
        read += count;
      }
      place += length;
      yield gunzipSync(packed, { maxOutputLength: BLOCK_BYTES_MAX }).toString("utf8");
    }
  } finally {
    closeSync(file);
  }
}

/** Reads and checks a fixture's baseline; null when it has none. Throws `fixture_invalid`. */
export function loadBaseline(fixture: Pick<Fixture, "folder" | "name">): Baseline | null {
  const folder = baselineFolder(fixture);
  if (!existsSync(folder)) return null;
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) throw fault(path, "is missing, so there is no baseline to compare with.", "missing");
  const manifest = readManifest(path);
  if (manifest.fixture !== fixture.name)
    throw fault(path, `is the baseline of ${manifest.fixture}, and this fixture is ${fixture.name}.`, "name");
  for (const name of [EVENTS_FILE, ...ARTIFACTS]) {
    const file = join(folder, name);
    if (!existsSync(file)) throw fault(file, "is missing from the baseline.", "missing");
    if (manifest.files[name] !== digestOfFile(file))
      throw fault(file, "is not the file that its manifest names: the baseline was edited.", "edited");
  }
  const events = join(folder, EVENTS_FILE);
  return {
    folder,
    eventCount: manifest.events,
    events: () => readBlocks(events, manifest.blocks),
    inputs: manifest.inputs,
  };
}

/** Writes events as gzip members; answers their lengths and the count of events. */
function writeEvents(path: string, events: EventLog): { readonly blocks: number[]; readonly count: number } {
  const file = openSync(path, "wx");
  try {
    const blocks: number[] = [];
    let count = 0;
    for (const block of events()) {
      const packed = gzipSync(block, { level: constants.Z_BEST_COMPRESSION });
      for (let written = 0; written < packed.length;) written += writeSync(file, packed, written);
      blocks.push(packed.length);
      for (let end = block.indexOf("\n"); end >= 0; end = block.indexOf("\n", end + 1)) count += 1;
    }
    fsyncSync(file);
    if (fstatSync(file).size !== blocks.reduce((sum, length) => sum + length, 0))
      throw new Error("not all bytes are there");
    return { blocks, count };
  } finally {
    closeSync(file);
  }
}

const inputsOf = (inputs: readonly InputFile[]): Record<string, string> =>
  Object.fromEntries(inputs.map(({ name, sha256 }) => [name, sha256]));

/** Makes a run the fixture's baseline. Throws `io`; the old baseline is then still there. */
export function writeBaseline(fixture: Fixture, result: RunResult): void {
  const folder = baselineFolder(fixture);
  const [next, old] = [`${folder}.new`, `${folder}.old`];
  try {
    rmSync(next, { recursive: true, force: true });
    mkdirSync(join(next, "artifacts"), { recursive: true });
    const { blocks, count } = writeEvents(join(next, EVENTS_FILE), result.events);
    for (const name of ARTIFACTS) copyFileSync(join(result.folder, name), join(next, name));
    const files = Object.fromEntries([EVENTS_FILE, ...ARTIFACTS].map((name) => [name, digestOfFile(join(next, name))]));
    const manifest: Manifest = {
      schema: BASELINE_SCHEMA,
      fixture: fixture.name,
      events: count,
      blocks,
      files,
      inputs: inputsOf(fixture.inputs),
    };
    writeTextAtomic(nodeFileSystem, join(next, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(old, { recursive: true, force: true });
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(next, folder);
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    if (!existsSync(folder) && existsSync(old)) renameSync(old, folder);
    rmSync(next, { recursive: true, force: true });
    throw ioError("Writing the baseline", folder, error);
  }
}

/** The fixture's files that are not those the baseline was made of, by name. */
export function changedInputs(fixture: Fixture, baseline: Baseline): string[] {
  const now = inputsOf(fixture.inputs);
  const names = new Set([...Object.keys(now), ...Object.keys(baseline.inputs)]);
  return [...names].filter((name) => now[name] !== baseline.inputs[name]).toSorted();
}

/** A file of a baseline or a run, whole. */
export function artifactText(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
