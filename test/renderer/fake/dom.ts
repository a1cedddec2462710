/**
 * As much of a page's nodes as `plain.ts` works with: elements with attributes, styles and listeners, and texts.
 *
 * Its fault model: none. It counts what is written to nodes that exist, and knows no layout and no bubbling of events.
 */
const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#x27;");

/** Changes of nodes since the test set it to 0. */
export const written = { count: 0 };

export class FakeNode {
  readonly nodeName: string;
  #value: string | null;
  readonly childNodes: FakeNode[] = [];

  constructor(nodeName: string, value: string | null = null) {
    this.nodeName = nodeName;
    this.#value = value;
  }

  get nodeValue(): string | null {
    return this.#value;
  }

  set nodeValue(value: string | null) {
    written.count += 1;
    this.#value = value;
  }

  get lastChild(): FakeNode | null {
    return this.childNodes.at(-1) ?? null;
  }

  append(...nodes: FakeNode[]): void {
    for (const node of nodes) this.appendChild(node);
  }

  appendChild(node: FakeNode): void {
    written.count += 1;
    this.childNodes.push(node);
  }

  replaceChild(node: FakeNode, old: FakeNode): void {
    written.count += 1;
    this.childNodes[this.#placeOf(old)] = node;
  }

  removeChild(node: FakeNode): void {
    written.count += 1;
    this.childNodes.splice(this.#placeOf(node), 1);
  }

  #placeOf(node: FakeNode): number {
    const at = this.childNodes.indexOf(node);
    if (at === -1) throw new Error("The node to be removed is not a child of this node.");
    return at;
  }

  /** As markup; attributes in the order in which they were set, or sorted by name. */
  markup(sorted = false): string {
    return this.nodeName === "#text" ? escaped(this.#value ?? "") : this.inner(sorted);
  }

  inner(sorted = false): string {
    return this.childNodes.map((node) => node.markup(sorted)).join("");
  }
}

class FakeElement extends FakeNode {
  readonly #attributes = new Map<string, string>();
  readonly #listeners = new Set<(event: { readonly currentTarget: FakeElement }) => void>();
  readonly #styles = new Map<string, string>();
  /** Assigned to by name, as a page's own; an empty text removes a property. */
  readonly style: Record<string, string> = new Proxy(
    {},
    {
      get: (_, name) =>
        name === "cssText" ? this.#cssText() : typeof name === "string" ? this.#styles.get(kebab(name)) : undefined,
      set: (_, name, value: unknown) => {
        written.count += 1;
        if (typeof name !== "string" || typeof value !== "string") throw new Error("A style is no text.");
        if (name === "cssText") this.#setCssText(value);
        else if (value === "") this.#styles.delete(kebab(name));
        else this.#styles.set(kebab(name), value);
        this.#keepStyle();
        return true;
      },
    },
  );

  get attributes(): readonly { readonly name: string; readonly value: string }[] {
    return [...this.#attributes].map(([name, value]) => ({ name, value }));
  }

  getAttributeNames(): string[] {
    return [...this.#attributes.keys()];
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  setAttribute(name: string, value: string): void {
    written.count += 1;
    this.#attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    written.count += 1;
    if (name === "style") this.#styles.clear();
    this.#attributes.delete(name);
  }

  addEventListener(type: string, listener: (event: { readonly currentTarget: FakeElement }) => void): void {
    if (type !== "click") throw new Error(`No event ${type} is known here.`);
    this.#listeners.add(listener);
  }

  /** What a person's press does. */
  click(): void {
    for (const listener of this.#listeners) listener({ currentTarget: this });
  }

  override markup(sorted = false): string {
    const name = this.nodeName.toLowerCase();
    const attributes = this.attributes.map((one) => ` ${one.name}="${escaped(one.value)}"`);
    return `<${name}${(sorted ? attributes.toSorted() : attributes).join("")}>${this.inner(sorted)}</${name}>`;
  }

  #cssText(): string {
    return [...this.#styles].map(([name, value]) => `${name}:${value}`).join(";");
  }

  #setCssText(text: string): void {
    this.#styles.clear();
    for (const part of text.split(";").filter((one) => one !== "")) {
      const at = part.indexOf(":");
      this.#styles.set(part.slice(0, at), part.slice(at + 1));
    }
  }

  #keepStyle(): void {
    const text = this.#cssText();
    if (text === "") this.#attributes.delete("style");
    else this.#attributes.set("style", text);
  }
}

export class FakeHtmlElement extends FakeElement {}
export class FakeSvgElement extends FakeElement {}

export const fakeDocument = {
  createElement: (tag: string) => new FakeHtmlElement(tag.toUpperCase()),
  createElementNS: (space: string, tag: string) => {
    if (space !== "http://www.w3.org/2000/svg") throw new Error(`No elements of ${space} are made here.`);
    return new FakeSvgElement(tag);
  },
  createTextNode: (text: string) => new FakeNode("#text", text),
};
