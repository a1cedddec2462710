/** Risk: the guards of an order and the breakers of a session. */
export { RiskEngine } from "./engine.ts";
export type { RiskEngineState } from "./port.ts";
export { NOTHING_WORKS, type WorkingOrders } from "./exposure.ts";
export { positionLimitOf } from "./guards.ts";
export type { BuyingPower, RiskView } from "./reading.ts";
