/**
 * The program's version, read once from its package.
 *
 * 1. It is the one place that knows where the package's file lies.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "..", "package.json"), "utf8"));

const { version: stated } = manifest as { readonly version?: unknown };

export const version: string = typeof stated === "string" ? stated : "development";
