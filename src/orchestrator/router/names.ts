/**
 * Texts that occur again and again, held once and named by number.
 *
 * 1. A text keeps its number; numbers run from 0 without a gap.
 */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  /** The number of a text, a new one if need be. */
  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    this.#numbers.set(text, number);
    this.#texts.push(text);
    return number;
  }

  textOf(number: number): string {
    return this.#texts[number] as string;
  }

  texts(): string[] {
    return this.#texts.slice();
  }
}
