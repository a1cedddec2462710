/** The account's books. */
export { Books } from "./books.ts";
export { FLAT, fillPosition, type Position } from "./position.ts";
