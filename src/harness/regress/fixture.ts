/**
 * A fixture: a folder with everything that a run is made of, and the baseline of what it did.
 *
 * 1. `fixture.yaml` says name, seed, length and script; `desk.yaml` (or another file that it names) is an ordinary desk; the
 *    files of its feed lie beside it, and a `strategies` folder holds modules of its own.
 * 2. Everything that can be wrong is found here, before anything runs or is written, and named with its file and place.
 * 3. A fixture needs nothing outside its folder, and no name in it leads out of it.
 * 4. The environment has no say: a fixture's desk is what its files say.
 */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, isAbsolute, join, relative } from "node:path";
import { parseDocument } from "yaml";
import * as z from "zod";
import { createReplayFeed } from "../../live/feed/index.ts";
import { demandClean, importBars } from "../../live/reader/index.ts";
import { SYNTHETIC_START, writtenZone } from "../../live/feed/factory.ts";
import { builtInStrategies } from "../../live/strategies/index.ts";
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import { NAME } from "../../shared/ids.ts";
import {
  formatDuration,
  formatMoment,
  later,
  parseDuration,
  parseMoment,
  type Duration,
  type Moment,
} from "../../shared/time.ts";
import { nodeFileSystem, readText, resolveDesk } from "../../store/index.ts";
import { ScriptSchema, type Action } from "./script.ts";

/** The version of `fixture.yaml`. */
export const FIXTURE_SCHEMA = 1;
export const FIXTURE_FILE = "fixture.yaml";
const FIXTURE_BYTES_MAX = 16_000_000;
const DESK_BYTES_MAX = 4_000_000;
/** Files of one fixture, its baseline not counted, and their bytes. */
const FILES_MAX = 1_000;
const FILE_BYTES_MAX = 256 * 1024 * 1024;
export const FIXTURES_MAX = 1_000;

const HeadSchema = z.strictObject({
  schema: z.number(),
  name: z.string().regex(NAME, "write a name of 1 to 80 letters, digits, dots, dashes and underscores"),
  description: z.string().max(2_000).default(""),
  desk: z.string().min(1).max(200).default("desk.yaml"),
  seed: z
    .union([z.string().min(1).max(100), z.number()])
    .transform(String)
    .optional(),
  start: z
    .string()
    .refine((text) => parseMoment(text) !== null, "write a time such as 2026-01-05T14:30:00Z")
    .optional(),
  length: z
    .string()
    .refine((text) => (parseDuration(text) ?? 0) > 0, "write a duration such as 30m or 6h")
    .transform((text) => parseDuration(text) as Duration),
  script: ScriptSchema.default([]),
});

/** A file of a fixture that its runs depend on. */
export interface InputFile {
  /** Its path in the fixture's folder, with slashes. */
  readonly name: string;
  readonly sha256: string;
}

export interface Fixture {
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly desk: Desk;
  readonly start: Moment;
  readonly length: Duration;
  readonly script: readonly Action[];
  readonly inputs: readonly InputFile[];
}

/** A folder that holds a `fixture.yaml`. */
export interface FixtureFound {
  readonly name: string;
  readonly folder: string;
}

function refuse(file: string, what: string, next: string): never {
  throw new CodedError("fixture_invalid", `${file}: ${what} ${next}`, { file });
}

/** The fixtures in some folders, by name; the first folder that has a name wins. A folder that is not there has none. */
export function findFixtures(folders: readonly string[]): FixtureFound[] {
  const found = new Map<string, FixtureFound>();
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const place = join(folder, entry.name);
      if (!entry.isDirectory() || found.has(entry.name) || !existsSync(join(place, FIXTURE_FILE))) continue;
      found.set(entry.name, { name: entry.name, folder: place });
    }
  }
  if (found.size > FIXTURES_MAX)
    throw new CodedError("too_large", `There are ${found.size} fixtures; at most ${FIXTURES_MAX} are run at once.`);
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readHead(folder: string): z.infer<typeof HeadSchema> {
  const file = join(folder, FIXTURE_FILE);
  if (!existsSync(file))
    refuse(file, "is missing.", "A fixture is a folder with this file; `logos regress --record` makes one.");
  const document = parseDocument(readText(nodeFileSystem, file, FIXTURE_BYTES_MAX), { schema: "core" });
  const [fault] = document.errors;
  if (fault !== undefined) refuse(file, `is no valid YAML: ${fault.message.split("\n")[0] ?? ""}`, "Mend that line.");
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== FIXTURE_SCHEMA)
    refuse(
      file,
      `is of schema ${String(schema)}, and this version reads schema ${FIXTURE_SCHEMA}.`,
      "Run it with the version that made it, or record it again.",
    );
  const parsed = HeadSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(
    file,
    `${issue?.path.join(".") || "the file"}: ${issue?.message ?? "is wrong"}.`,
    "Correct it and run again.",
  );
}

/** A fixture's description, or what is wrong with its file: for a list, which shows whatever is there. */
export function fixtureHead(folder: string): string {
  try {
    return readHead(folder).description;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The name of a file inside the fixture. */
function inside(folder: string, file: string, name: string): string {
  const path = join(folder, name);
  const away = relative(folder, path);
  if (isAbsolute(name) || away.startsWith("..") || name.includes("\\"))
    refuse(
      file,
      `${JSON.stringify(name)} leads out of the fixture's folder.`,
      "Put the file beside it and name it so.",
    );
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    refuse(file, `${JSON.stringify(name)} is not in the fixture's folder.`, "Put the file there, or correct the name.");
  return name;
}

function readDesk(folder: string, head: z.infer<typeof HeadSchema>): Desk {
  const file = inside(folder, join(folder, FIXTURE_FILE), head.desk);
  const { desk } = resolveDesk({
    builtIns: builtInStrategies,
    text: readText(nodeFileSystem, join(folder, file), DESK_BYTES_MAX),
    fileName: join(folder, file),
    source: head.name,
    resolveFile: (name) => inside(folder, join(folder, file), name),
    flags: {
      ...(head.seed === undefined ? {} : { seed: head.seed }),
      ...(head.start === undefined ? {} : { clock_start: head.start }),
    },
  });
  if (desk.clock.kind === "system")
    refuse(
      join(folder, file),
      "runs on the system's clock, which never says the same twice.",
      "Set clock.kind to virtual.",
    );
  return desk;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Every file of the folder but the baseline's, hidden ones and notes. */
function inputsOf(folder: string): InputFile[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((name) => !name.startsWith("baseline/") && !/(^|\/)\./.test(name) && !name.endsWith(".md"))
    .toSorted();
  if (names.length > FILES_MAX) refuse(folder, `has ${names.length} files; at most ${FILES_MAX}.`, "Move some away.");
  return names.map((name) => {
    const path = join(folder, name);
    const size = lstatSync(path).size;
    if (size > FILE_BYTES_MAX) refuse(path, `has ${size} bytes; at most ${FILE_BYTES_MAX}.`, "Shorten it.");
    return { name, sha256: sha256(readFileSync(path)) };
  });
}

/** The first moment; for recorded bars, after a look at whether there are any. */
async function startOf(folder: string, desk: Desk, length: Duration): Promise<Moment> {
  const asked = desk.clock.kind === "virtual" ? desk.clock.start : null;
  if (desk.feed.kind === "synthetic") return asked ?? SYNTHETIC_START;
  const { symbol, dateFormat, files } = desk.feed;
  const sources = files.map((name) => ({ name: basename(name), bytes: readFileSync(join(folder, name)) }));
  const imported = await importBars(sources, { symbol, timeZone: writtenZone(desk.feed), dateFormat });
  demandClean(imported);
  const feed = createReplayFeed(imported);
  const start = asked ?? feed.start;
  const end = later(start, length);
  const bars = imported.tables.some((table) => table.at.some((at) => at >= start && at <= end));
  if (bars) return start;
  return refuse(
    join(folder, FIXTURE_FILE),
    `no bar lies in its window, ${formatMoment(start)} and ${formatDuration(length)} from there; ` +
      `the bars begin at ${formatMoment(feed.start)}.`,
    "Correct start or length, or take other bars.",
  );
}

/** Reads and checks a fixture. Throws `fixture_invalid`, or what its desk or its data throw, each with its place. */
export async function loadFixture(folder: string): Promise<Fixture> {
  const head = readHead(folder);
  const file = join(folder, FIXTURE_FILE);
  if (head.name !== basename(folder))
    refuse(file, `its name is ${head.name}, and its folder's is ${basename(folder)}.`, "Give both the same name.");
  const late = head.script.find((action) => action.at >= head.length);
  if (late !== undefined)
    refuse(
      file,
      `the script's ${late.do} at ${formatDuration(late.at)} is not before the end, ${formatDuration(head.length)}.`,
      "Lengthen the run, or move it.",
    );
  const desk = readDesk(folder, head);
  const start = await startOf(folder, desk, head.length);
  const { name, description, length, script } = head;
  return { name, description, folder, desk, start, length, script, inputs: inputsOf(folder) };
}
