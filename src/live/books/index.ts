/** The account's books. */
export { Books, type BooksState } from "./books.ts";
export { FLAT, fillPosition, type Position } from "./position.ts";
