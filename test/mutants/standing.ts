/**
 * The mutant that replaces a file at the moment.
 *
 * 1. It is kept on the process, because Vitest loads its configuration as a module of its own.
 */
import type { Mutation } from "./mutations.ts";

const KEY = Symbol.for("logos.mutant");
type Holder = Record<symbol, { mutation: Mutation | null } | undefined>;

export const standing: { mutation: Mutation | null } = ((globalThis as unknown as Holder)[KEY] ??= { mutation: null });
