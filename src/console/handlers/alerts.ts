/**
 * What a view may ask of the alerts: acknowledge, assign, and older ones.
 *
 * 1. Alerts are the workspace's: they can be acknowledged with or without an open session.
 */
import type { Handlers } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import type { HostState } from "../state/state.ts";

type AlertHandlers = Pick<Handlers, "alert.acknowledge" | "alerts.acknowledge" | "alert.assign" | "alerts.page">;

export function alertHandlers({ alerts }: HostState): AlertHandlers {
  const known = (id: string): void => {
    if (!alerts.has(id)) throw new CodedError("not_found", `There is no alert ${id}; newer ones may have replaced it.`);
  };
  return {
    "alert.acknowledge": async ({ id, operator }) => {
      known(id);
      // Two tabs may acknowledge at once: the first name stays on it.
      alerts.acknowledge(id, operator);
      return {};
    },
    "alerts.acknowledge": async ({ operator }) => ({ count: alerts.acknowledgeAll(operator) }),
    "alert.assign": async ({ id, owner }) => {
      known(id);
      alerts.assign(id, owner);
      return {};
    },
    "alerts.page": async ({ before, limit }) => alerts.page(before, limit),
  };
}
