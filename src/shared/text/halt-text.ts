/**
 * What a halt is called where it is listed.
 *
 * 1. That it is a halt is said once, whoever halted.
 */

/** `Halted: the feed is stale.`; the message of an operator's halt says so itself: `Halted by Ada.` */
export const haltText = (message: string): string => (/^halted\b/i.test(message) ? message : `Halted: ${message}`);
