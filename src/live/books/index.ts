/** The account's books. */
export { Books } from "./books.ts";
export type { BooksState } from "./state.ts";
export { FLAT, fillPosition, type Position } from "./position.ts";
export { bySymbol, Holdings } from "./holdings.ts";
export { splitQuantity } from "./actions.ts";
