/** Brokers: the paper venue. */
export { openBroker, type OpenBroker } from "./adapters.ts";
export { NO_VENUE_FILE } from "./memory-venue.ts";
export type { PaperBrokerOptions } from "./options.ts";
export { PaperBroker } from "./paper-broker.ts";
