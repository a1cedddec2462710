/**
 * What is drawn without React is what React draws, however it is nested; and what is drawn again changes the nodes that are there, and
 * no more of them than differ. React's own markup is the model.
 */
import * as fc from "fast-check";
import { createElement, Fragment, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { nodesOf, plain, show, type Shown } from "../../src/renderer/lib/plain.ts";
import { fakeDocument, FakeHtmlElement, FakeNode, FakeSvgElement, written } from "./fake/dom.ts";

const SHOWN: Shown = { now: 0, zone: "utc", trading: true };

beforeAll(() => {
  vi.stubGlobal("document", fakeDocument);
  vi.stubGlobal("HTMLElement", FakeHtmlElement);
  vi.stubGlobal("SVGElement", FakeSvgElement);
});
afterAll(() => vi.unstubAllGlobals());

const nodes = (node: ReactNode, shown = SHOWN): FakeNode[] | null =>
  nodesOf(node, shown) as unknown as FakeNode[] | null;

/** Shows it in a parent, as a cell of a grid does. */
function draw(parent: FakeNode, node: ReactNode, shown = SHOWN): void {
  const next = nodes(node, shown);
  if (next === null) throw new Error("React is needed for what should be drawn without it.");
  show(parent as unknown as Node, next as unknown as Node[]);
}

/** A component without a state of its own, named to be drawn so. */
const Framed = ({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode =>
  createElement("span", { className: "framed", title }, title, children);
plain(Framed);

const text = fc.string({ unit: "grapheme", maxLength: 6 });
const style = fc.record(
  {
    width: fc.integer({ min: 0, max: 100 }).map((share) => `${share}%`),
    borderTop: fc.constant("1px solid var(--line)"),
    display: fc.constantFrom("contents", "none"),
  },
  { requiredKeys: [] },
);
const properties = fc.record(
  {
    className: text,
    title: text,
    role: fc.constantFrom("img", "button"),
    tabIndex: fc.constantFrom(0, -1),
    "data-term": fc.oneof(text, fc.boolean(), fc.integer()),
    "aria-label": text,
    "aria-pressed": fc.constantFrom<unknown>(true, false, "mixed", undefined),
    style: fc.option(style, { nil: undefined }),
    onClick: fc.constant(() => undefined),
  },
  { requiredKeys: [] },
);
const drawing = fc.record(
  {
    viewBox: fc.constant("0 0 10 10"),
    "aria-hidden": fc.boolean(),
    focusable: fc.constantFrom<unknown>(false, true, "false"),
    fill: fc.constantFrom("none", "currentColor"),
    strokeWidth: fc.constantFrom<unknown>("1.6", 2),
    d: fc.constantFrom("M0 0h1"),
  },
  { requiredKeys: [] },
);

const { tree } = fc.letrec<{ readonly tree: ReactNode; readonly children: ReactNode[] }>((tie) => ({
  children: fc.array(tie("tree"), { maxLength: 4 }),
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<ReactNode>(null, undefined, true, false, "", 0, -0.5, "<b>&\"'"),
    text,
    fc.array(text, { maxLength: 3 }),
    fc
      .tuple(fc.constantFrom("div", "span", "b", "i", "time"), properties, tie("children"))
      .map(([tag, props, children]) => createElement(tag, props, ...children)),
    fc
      .tuple(properties, fc.boolean(), tie("children"))
      .map(([props, disabled, children]) =>
        createElement("button", { ...props, type: "button", disabled }, ...children),
      ),
    fc
      .tuple(fc.constantFrom("svg", "path", "circle", "rect"), drawing, tie("children"))
      .map(([tag, props, children]) => createElement(tag, props, ...children)),
    fc.tuple(text, tie("children")).map(([title, children]) => createElement(Framed, { title }, ...children)),
    tie("children").map((children) => createElement(Fragment, null, ...children)),
  ),
}));

describe("what is drawn without React", () => {
  it("is what React draws", () => {
    fc.assert(
      fc.property(tree, (node) => {
        expect(
          nodes(node)
            ?.map((one) => one.markup())
            .join(""),
        ).toBe(renderToStaticMarkup(node));
      }),
      { numRuns: 500 },
    );
  });

  it("is the same whether it is drawn first or over anything else", () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (drawn) => {
        const kept = new FakeNode("SPAN");
        for (const node of drawn) draw(kept, node);
        const fresh = new FakeNode("SPAN");
        draw(fresh, drawn.at(-1));
        expect(kept.inner(true)).toBe(fresh.inner(true));
      }),
      { numRuns: 500 },
    );
  });

  it("writes nothing to the page where nothing changed", () => {
    fc.assert(
      fc.property(tree, (node) => {
        const parent = new FakeNode("SPAN");
        draw(parent, node);
        const before = [...parent.childNodes];
        const next = nodes(node) ?? [];
        written.count = 0;
        show(parent as unknown as Node, next as unknown as Node[]);
        expect(written.count).toBe(0);
        expect(parent.childNodes.every((child, at) => child === before[at])).toBe(true);
      }),
    );
  });

  it("keeps an element that stays of its kind, and its press is the newest one", () => {
    const pressed: string[] = [];
    const button = (name: string, press = true): ReactNode =>
      createElement("button", { type: "button", ...(press ? { onClick: () => pressed.push(name) } : {}) }, name);
    const parent = new FakeNode("SPAN");
    draw(parent, [button("one")]);
    const element = parent.childNodes[0] as FakeHtmlElement;
    element.click();
    draw(parent, [button("two"), "more"]);
    element.click();
    expect(parent.childNodes[0]).toBe(element);
    draw(parent, [button("three", false)]);
    element.click();
    expect(pressed).toEqual(["one", "two"]);
    draw(parent, createElement("b", null, "bold"));
    expect(parent.inner()).toBe("<b>bold</b>");
  });

  it("depends on what is shown besides: a component's own drawing is used in place of itself", () => {
    const Moment: (props: { readonly at: number }) => ReactNode = () => {
      throw new Error("React is asked.");
    };
    plain(Moment, ({ at }, { now, zone }) => `${now - at} ${zone}`);
    const parent = new FakeNode("SPAN");
    draw(parent, createElement("i", null, createElement(Moment, { at: 3 })), { ...SHOWN, now: 10, zone: "local" });
    expect(parent.inner()).toBe("<i>7 local</i>");
  });

  it("is left to React where only React knows what to do", () => {
    const Unknown = (): ReactNode => "anything";
    for (const node of [
      createElement(Unknown),
      createElement("span", { onMouseEnter: () => undefined }),
      createElement("span", { ref: null, id: "one" }),
      createElement("span", { style: { width: 12 } }),
      createElement("span", { style: { "--share": "0.5" } }),
      createElement("span", { title: {} }),
      createElement("div", null, "deep", createElement("b", null, createElement(Unknown))),
      ["a list", createElement(Unknown, { key: 1 })],
    ])
      expect(nodes(node)).toBeNull();
  });
});
