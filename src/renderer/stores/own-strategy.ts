/** A strategy of one's own on its way: its file, its newest check, and a check again at each save of the file. */
import { create } from "zustand";
import type { CheckedStrategy, StrategyExamples } from "../../shared/contract/contract-desks.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { ask } from "./live.ts";

interface OwnStrategyStore {
  /** The file's name in the strategies folder; null before one was made or chosen. */
  readonly file: string | null;
  readonly path: string | null;
  readonly checked: CheckedStrategy | null;
  readonly checking: boolean;
  readonly error: ErrorShape | null;
  /** When the file was changed that was checked last, in milliseconds. */
  readonly changedMs: number | null;
  /** What a new strategy can begin with beside the template; empty until it is known. */
  readonly examples: StrategyExamples;
}

export const useOwnStrategy = create<OwnStrategyStore>(() => ({
  file: null,
  path: null,
  checked: null,
  checking: false,
  error: null,
  changedMs: null,
  examples: [],
}));

const { getState, setState } = useOwnStrategy;

async function check(file: string, changedMs: number | null): Promise<void> {
  setState({ checking: true, changedMs });
  const answer = await ask("strategy.check", { file });
  if (getState().file !== file) return;
  setState(
    answer.ok
      ? { checking: false, checked: answer.value, error: null }
      : { checking: false, checked: null, error: answer.error },
  );
}

/** Reads the list of examples, once. */
export async function loadExamples(): Promise<void> {
  if (getState().examples.length > 0) return;
  const answer = await ask("strategy.examples", {});
  if (answer.ok) setState({ examples: answer.value });
}

/** Makes a file from the template, or from an example, and checks it. */
export async function makeStrategy(name: string, example: string | null): Promise<void> {
  const answer = await ask("strategy.new", { name, ...(example === null ? {} : { from: example }) });
  if (!answer.ok) return setState({ error: answer.error });
  const { file, path } = answer.value;
  setState({ file, path, checked: null, error: null });
  await followStrategy();
}

/** Checks the file again where it was saved since the last check. */
export async function followStrategy(): Promise<void> {
  const { file, checking } = getState();
  if (file === null || checking) return;
  const found = await ask("strategy.changed", { file });
  if (!found.ok || getState().file !== file || getState().checking) return;
  const { changedMs } = found.value;
  if (changedMs !== getState().changedMs) await check(file, changedMs);
}

/** Puts the file out of sight; it stays in its folder. */
export function leaveStrategy(): void {
  setState({ file: null, path: null, checked: null, checking: false, error: null, changedMs: null });
}
