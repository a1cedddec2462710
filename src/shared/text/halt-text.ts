/**
 * What a halt is called where it is listed.
 *
 * 1. The word "Halted" appears once, for a halt by an operator and for any other.
 */

/** `Halted: the feed is stale.`; the message of an operator's halt says so itself: `Halted by Ada.` */
export const haltText = (message: string): string => (/^halted\b/i.test(message) ? message : `Halted: ${message}`);
