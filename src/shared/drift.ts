/**
 * The kinds of drift: on what the session's records and the broker's can disagree.
 *
 * 1. Router, journal and snapshot use these names and no others.
 */

export const DRIFT_KINDS = [
  "unknown_fill",
  "overfill",
  "conflicting_fill",
  "position_mismatch",
  "lost_order",
  "sequence_gap",
] as const;

export type DriftKind = (typeof DRIFT_KINDS)[number];
