/**
 * The types of `node-version.mjs`.
 */
export const NODE_MAJOR_MIN: number;
export const UNAVAILABLE: number;
export function nodeObstacle(version: string): string | null;
