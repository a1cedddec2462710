/** Brokers: the paper venue. */
export { PaperBroker, type PaperBrokerOptions } from "./paper-broker.ts";
