/**
 * A regression: fixtures run, compared with their baselines, and reported.
 *
 * 1. Every fixture that is asked for is read and checked, its baseline too, before the first one runs; a fault ends it there,
 *    with nothing written.
 * 2. A baseline changes only through `refresh`, which is asked for by name.
 * 3. Everything that a run needs lies in a scratch folder that is removed, whatever happens.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostSettings, OpenHost } from "../../live/host/index.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatDuration } from "../../shared/time.ts";
import { nearest, resourcesFolder, type Workspace } from "../../store/index.ts";
import { writeArtifacts, type RunResult } from "./artifacts.ts";
import { changedInputs, loadBaseline, writeBaseline, type Baseline } from "./baseline.ts";
import { compareArtifacts, type ArtifactDifference } from "./compare.ts";
import { drive } from "./drive.ts";
import { countEvents } from "./events.ts";
import { findFixtures, loadFixture, type Fixture, type FixtureFound } from "./fixture.ts";
import { firstDifference, type FirstDifference } from "./first-difference.ts";
import type { RunMetrics } from "./metrics.ts";
import type { ActionOutcome } from "./script.ts";

/** A disk in memory, where there is one: a regression's sessions need no durability, and every commit syncs. */
const MEMORY = "/dev/shm";

export interface RegressOptions {
  readonly version: string;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  /** Where scratch folders are made; by default the machine's place for them. */
  readonly scratch?: string | undefined;
  /** What runs the strategies, and its limits; that changes no result. */
  readonly openHost?: OpenHost | undefined;
  readonly hosts?: HostSettings | undefined;
}

/** One fixture's verdict. */
export interface Regression {
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly verdict: "equal" | "differs" | "no_baseline";
  readonly events: number;
  readonly baselineEvents: number | null;
  readonly difference: FirstDifference | null;
  readonly artifacts: readonly ArtifactDifference[];
  /** The fixture's files that changed since the baseline was made. */
  readonly changedInputs: readonly string[];
  readonly metrics: RunMetrics;
  readonly script: readonly ActionOutcome[];
  readonly runs: number;
  readonly orders: number;
  readonly fills: number;
  /** Session time, as people write it. */
  readonly length: string;
  readonly realMs: number;
  readonly refreshed: boolean;
}

/** The folders in which fixtures are looked for: those of the program, and the workspace's own. */
export function fixtureFolders(workspace: Workspace | null, resources?: string): string[] {
  const own = workspace === null ? [] : [join(workspace.path, "regression")];
  return [...own, join(resourcesFolder(resources), "regression")];
}

/** The fixtures of these names, or all. Throws `not_found` with the nearest name. */
export function chooseFixtures(folders: readonly string[], names: readonly string[]): FixtureFound[] {
  const found = findFixtures(folders);
  if (found.length === 0)
    throw new CodedError(
      "not_found",
      `There is no fixture in ${folders.join(" or ")}. \`logos regress --record\` makes one.`,
    );
  const unknown = names.find((name) => !found.some((one) => one.name === name));
  if (unknown !== undefined) {
    const all = found.map((one) => one.name);
    const near = nearest(unknown, all);
    throw new CodedError(
      "not_found",
      `There is no fixture ${unknown}; there are ${all.slice(0, 20).join(", ")}${near === null ? "." : `. Did you mean ${near}?`}`,
      { name: unknown },
    );
  }
  return names.length === 0 ? found : found.filter((one) => names.includes(one.name));
}

/** A fixture with its baseline, both checked. */
export interface Prepared {
  readonly fixture: Fixture;
  readonly baseline: Baseline | null;
  /** Why the baseline cannot be compared with, when it is about to be replaced. */
  readonly unusable: string | null;
}

/** Reads and checks fixtures and baselines. A baseline that is to be replaced may be missing or unusable. */
export async function prepareFixtures(found: readonly FixtureFound[], replacing: boolean): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const { folder } of found) {
    const fixture = await loadFixture(folder);
    prepared.push({ fixture, ...baselineOf(fixture, replacing) });
  }
  return prepared;
}

function baselineOf(fixture: Fixture, replacing: boolean): Pick<Prepared, "baseline" | "unusable"> {
  try {
    const baseline = loadBaseline(fixture);
    if (baseline === null && !replacing)
      throw new CodedError(
        "fixture_invalid",
        `${fixture.folder} has no baseline. \`logos regress --only ${fixture.name} --refresh-baseline --confirm-refresh\` makes one.`,
      );
    return { baseline, unusable: null };
  } catch (error) {
    if (!replacing || !(error instanceof CodedError)) throw error;
    return { baseline: null, unusable: error.message };
  }
}

/** A scratch folder for one piece of work, gone when it is done. */
export async function withScratch<T>(
  options: Pick<RegressOptions, "scratch">,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const top = options.scratch ?? (process.env["TMPDIR"] === undefined && existsSync(MEMORY) ? MEMORY : tmpdir());
  const folder = mkdtempSync(join(top, "logos-regress-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a fixture into a scratch folder. */
export async function runFixture(fixture: Fixture, scratch: string, options: RegressOptions) {
  const { desk, length, script, start, folder } = fixture;
  const place = join(scratch, fixture.name);
  mkdirSync(place, { recursive: true });
  const { version, openHost, hosts } = options;
  const how = { scratch: place, inputs: folder, version, openHost, hosts };
  const driven = await drive({ desk, length, script, start, ...how });
  const facts = { version, wallMs: options.wallMs() };
  const result: RunResult = writeArtifacts(fixture, driven, join(place, "result"), facts);
  return { driven, result };
}

/** Runs one fixture, compares it, and makes it the new baseline where `refresh` says so. `kept` is called with the artifacts' folder. */
export async function regressOne(
  prepared: Prepared,
  options: RegressOptions,
  more: {
    /** Called with the verdict, before anything is written: true makes the run the new baseline. */
    readonly refresh?: ((regression: Regression) => boolean) | undefined;
    /** Called with the folder of the run's artifacts while it is there. */
    readonly keep?: ((folder: string) => void) | undefined;
  } = {},
): Promise<Regression> {
  return withScratch(options, async (scratch) => {
    const begun = options.monotonicMs();
    const { fixture, baseline } = prepared;
    const { driven, result } = await runFixture(fixture, scratch, options);
    const difference = baseline === null ? null : firstDifference(baseline.events, result.events);
    const artifacts = baseline === null ? [] : compareArtifacts(baseline.folder, result.folder);
    const equal = difference === null && artifacts.length === 0;
    const regression: Regression = {
      name: fixture.name,
      description: fixture.description,
      folder: fixture.folder,
      verdict: baseline === null ? "no_baseline" : equal ? "equal" : "differs",
      events: countEvents(result.events),
      baselineEvents: baseline?.eventCount ?? null,
      difference,
      artifacts,
      changedInputs: baseline === null ? [] : changedInputs(fixture, baseline),
      metrics: result.metrics,
      script: driven.outcomes,
      runs: driven.summary.runs,
      orders: driven.summary.orders,
      fills: driven.summary.fills,
      length: formatDuration(driven.summary.duration),
      realMs: options.monotonicMs() - begun,
      refreshed: false,
    };
    more.keep?.(result.folder);
    if (more.refresh?.(regression) !== true) return regression;
    writeBaseline(fixture, result);
    return { ...regression, refreshed: true };
  });
}
