/**
 * What a view may ask of market data: the workspace's files, previews, keeping, bars for a chart, and deleting.
 *
 * 1. Files are read on threads of their own, so that the session and the views do not wait.
 * 2. A file is named by its place in the `data` folder or by its upload; no other path is ever opened.
 * 3. One preview or keeping at a time: a new one ends the one before.
 */
import { relative, sep } from "node:path";
import type { DataOptions, DataReading, DataSource } from "../../shared/contract/contract-data.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { DataFileOptions } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import { parseDuration } from "../../shared/time.ts";
import { DataThread, type ReadJob } from "../../live/data/index.ts";
import type { ReadOptions } from "../../live/reader/index.ts";
import {
  deletePath,
  loadProfile,
  overProfile,
  profileNames,
  removeCaches,
  saveProfile,
  type Trash,
} from "../../store/index.ts";
import { DataLibrary, readingOf, unreadableOf } from "../data/library.ts";
import type { Uploads } from "../data/uploads.ts";
import type { HostState } from "../state/state.ts";

type DataHandlers = Pick<Handlers, Extract<keyof Handlers, `data.${string}`>>;

/** The options of a file as a desk and a profile have them. Throws `invalid_input` for an interval that is none. */
function fileOptionsOf({ interval, profile: _profile, ...options }: DataOptions): DataFileOptions {
  if (interval === undefined) return options;
  const length = parseDuration(interval);
  if (length === null || length <= 0)
    throw new CodedError(
      "invalid_input",
      `The interval ${JSON.stringify(interval)} is not valid; write it as 1m, 4h or 1d.`,
    );
  return { ...options, interval: length };
}

/** The reader's options, over those of the profile that is named. `folder`: the workspace's data. */
function readOptionsOf(options: DataOptions, folder: string): ReadOptions {
  const { profile } = options;
  const kept = profile === undefined ? {} : loadProfile(folder, profile).options;
  return overProfile(kept, fileOptionsOf(options));
}

/** A first look at a file; null where it has none. Why it cannot be read is the preview's to say, which knows the whole file. */
async function glimpse(thread: DataThread, file: Omit<ReadJob, "kind" | "head">): Promise<DataReading | null> {
  try {
    return readingOf(await thread.run({ kind: "read", head: true, ...file }));
  } catch {
    return null;
  }
}

interface ProfileRequest {
  readonly name: string;
  readonly options: DataOptions;
  readonly overwrite: boolean;
}

/** Keeps options, over those of the profile that they name, and answers with the file. `folder`: the workspace's data. */
function keepProfile(folder: string, { name, options, overwrite }: ProfileRequest): string {
  const { profile } = options;
  const kept = profile === undefined ? {} : loadProfile(folder, profile).options;
  return saveProfile(folder, { name, options: overProfile(kept, fileOptionsOf(options)), overwrite });
}

async function deleteData(path: string, trash: Trash | null): Promise<void> {
  await deletePath(path, trash);
  removeCaches(path);
}

/** Where a source's bytes are, and the name that people know it by, where that is another. */
function placeOf(source: DataSource, library: DataLibrary, uploads: Uploads): { path: string; name?: string } {
  if (source.kind === "file") return { path: library.pathOf(source.name) };
  const { path, name } = uploads.find(source.upload);
  return { path, name };
}

export function dataHandlers(state: HostState, uploads: Uploads): DataHandlers & { readonly close: () => void } {
  const { workspace } = state;
  const [listing, working, charting] = [new DataThread(), new DataThread(), new DataThread()];
  const library = new DataLibrary(workspace, listing, state.problem);
  let share: number | null = null;
  const sourceOf = (source: DataSource): { path: string; name?: string } => placeOf(source, library, uploads);
  const work: DataThread["run"] = async (job) => {
    working.cancel();
    share = 0;
    try {
      return await working.run(job, (done) => {
        share = done;
      });
    } finally {
      share = null;
    }
  };

  return {
    "data.list": async () => {
      // Who sees the list may drop a file next, whose first rows are wanted at once.
      charting.warm();
      return { folder: workspace.data, ...library.list(), trash: state.trash() !== null };
    },
    "data.upload": async (piece) => {
      working.warm();
      return uploads.take(piece);
    },
    "data.discard": async ({ upload }) => {
      uploads.discard(upload);
      return {};
    },
    "data.glimpse": async ({ source, options }) => ({
      reading: await glimpse(charting, { ...sourceOf(source), options: readOptionsOf(options, workspace.data) }),
    }),
    "data.preview": async ({ source, options }) => {
      const named = sourceOf(source);
      try {
        const file = { ...named, options: readOptionsOf(options, workspace.data) };
        return readingOf(await work({ kind: "read", ...file }));
      } catch (error) {
        return unreadableOf(error);
      }
    },
    "data.keep": async ({ source, options, overwrite }) => {
      const job = {
        ...sourceOf(source),
        options: readOptionsOf(options, workspace.data),
        workspace: workspace.path,
        overwrite,
      };
      const { paths, bars } = await work({ kind: "keep", ...job });
      return { kept: paths.map((path) => relative(workspace.data, path).split(sep).join("/")), bars };
    },
    "data.profiles": async () => ({ profiles: profileNames(workspace.data) }),
    "data.saveProfile": async (request) => ({ file: relative(workspace.data, keepProfile(workspace.data, request)) }),
    "data.progress": async () => ({ share }),
    "data.cancel": async () => {
      working.cancel();
      return {};
    },
    "data.bars": async ({ name, ...range }) => ({
      ...(await charting.run({ kind: "bars", path: library.pathOf(name), ...range })),
    }),
    "data.delete": async ({ names }) => {
      const paths = [...new Set(names)].map((name) => library.pathOf(name));
      const trash = state.trash();
      for (const path of paths) await deleteData(path, trash);
      return { deleted: [...new Set(names)], trashed: trash !== null };
    },
    close: () => {
      for (const thread of [listing, working, charting]) thread.close();
    },
  };
}
