/**
 * The memory that the session's thread and the alarm's share.
 *
 * 1. `WAIT` is the running number of the wait that is under way, or minus the number of the last one.
 */

/** Places of the cells. */
export const WAIT = 0;
export const AWAKE = 1;
/** What is written to where the wait has to end. */
export const DESCRIPTOR = 2;
export const CELLS = 3;

/** Milliseconds between two looks at a wait. */
export const LOOK_MS = 20;
