/** Brokers: the paper venue. */
export type { PaperBrokerOptions } from "./options.ts";
export { PaperBroker } from "./paper-broker.ts";
