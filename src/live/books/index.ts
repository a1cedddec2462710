/** The account's books. */
export { Books } from "./books.ts";
export type { BooksState } from "./state.ts";
export { FLAT, fillPosition, type Position } from "./position.ts";
export { splitQuantity } from "./actions.ts";
