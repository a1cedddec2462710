/**
 * What a light run has in place of checkpoints and of saves of the router's file.
 *
 * 1. Nothing is written: neither a checkpoint nor `router_state.json`.
 */
import type { SessionParts } from "./session.ts";

const nothing = (): void => undefined;

export const NO_CHECKPOINTS: SessionParts["checkpoints"] = { pass: nothing, save: nothing };

export const NO_SAVES: SessionParts["saves"] = {
  begin: nothing,
  step: nothing,
  forHalt: () => nothing,
  last: nothing,
  drop: nothing,
};
