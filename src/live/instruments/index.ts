/** Instruments: what a symbol's prices mean, from the desk, the workspace, a table and a guess. */
export { FxRates, moneyOf, moneyOfDesk, PLAIN_MONEY, type FxRules, type Money } from "./money.ts";
export { instrumentsOf, pinInstruments, type FileFacts } from "./pin.ts";
export { actionsWithin, actionText, jumpNotes } from "./actions.ts";
export { ACTIONS_FILE, readActions } from "./actions-file.ts";
export { readFactors } from "./factor-file.ts";
export { completeRates } from "./rates.ts";
export { futuresNote, guessesOf, termsOf } from "./resolve.ts";
