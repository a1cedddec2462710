/**
 * The session's time: the system's clock or a virtual one, and the process's timers.
 *
 * 1. Both clocks are the same port; the loop does not ask which one it has except where the session rules differ.
 */
export { nodeTimers, nodeTurn, nodeWallMs } from "./node-timers.ts";
export { SystemClock } from "./system-clock.ts";
export type { SystemClockOptions } from "./system-clock.ts";
export { BREATH_MS, VirtualClock } from "./virtual-clock.ts";
export type { VirtualClockOptions } from "./virtual-clock.ts";
