/** A session as another process can see it, without disturbing it. */
export { readStatus, statusOf, type SessionStatus, type StatusHealth } from "./status.ts";
export { readLimits, type LimitsState } from "./limits.ts";
export { readReview, type ReviewItem, type ReviewState } from "./review.ts";
export { readTicks, type TickCounts, type TicksRead, type TicksWanted } from "./ticks.ts";
