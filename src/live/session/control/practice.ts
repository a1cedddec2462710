/**
 * A fill that no order explains, made on purpose: to practise the halt and its review.
 *
 * 1. Only a paper venue makes one.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { Moment } from "../../../shared/time.ts";
import type { Core } from "../state/parts.ts";

/** Has the paper venue report it. Throws `refused` for any other venue, `not_found`, `invalid_input`. */
export function injectUnknownFill(core: Core, fill: { readonly symbol: string; readonly quantity: string }): void {
  const broker = core.broker as { injectUnknownFill?: (fill: object, at: Moment) => void };
  if (!core.broker.paper || broker.injectUnknownFill === undefined)
    throw new CodedError("refused", "Only a paper broker can be asked for a practice fill.");
  if (!core.symbols.has(fill.symbol)) throw new CodedError("not_found", `The desk does not trade ${fill.symbol}.`);
  if (!/^-?\d{1,15}(\.\d{1,12})?$/.test(fill.quantity) || Number(fill.quantity) === 0)
    throw new CodedError(
      "invalid_input",
      `A quantity is a number other than 0, as 10 or -2.5, and not ${JSON.stringify(fill.quantity)}.`,
    );
  broker.injectUnknownFill(fill, core.now);
  core.clock.wake();
}
