/**
 * What a view may ask of workspaces: which is open, which were, and opening another one.
 *
 * 1. Another workspace is opened only while no session runs; every window and tab then starts again on it.
 * 2. A folder that is no workspace becomes one only where that was asked for.
 */
import * as z from "zod/mini";
import { filled, nothing } from "./contract-fields.ts";

export const WORKSPACE_PROCEDURES = {
  "workspaces.list": {
    input: nothing,
    output: z.object({
      current: z.string(),
      recent: z.array(z.object({ path: z.string(), atMs: z.number(), there: z.boolean() })),
      /** Whether the host can show a dialog to choose a folder. */
      dialog: z.boolean(),
    }),
  },
  /** `create`: makes a workspace of a folder that is none, or missing. `not_found` with the rule `missing` or `folder` asks for it. */
  "workspaces.open": {
    input: z.object({ path: filled(4_096), create: z.boolean() }),
    output: z.object({ path: z.string() }),
  },
  /** Shows the native dialog for folders; null where the person cancelled or the host has none. */
  "workspaces.pick": { input: nothing, output: z.object({ path: z.nullable(z.string()) }) },
} as const;
