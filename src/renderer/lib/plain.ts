/**
 * What a component shows as nodes of the page, without React: a grid has hundreds of cells, and most hold a word, a shape, a number.
 *
 * 1. Only components that were named by `plain` are drawn so: they have no state of their own. Anything else is React's.
 * 2. What else they depend on they ask for through `Shown`, so that the code that drew a node knows when to draw it again.
 * 3. What is drawn again changes the nodes that are there: what is pressed, hovered or selected stays the same element.
 */
import { Fragment, isValidElement } from "react";
import type { ReactNode } from "react";
import type { Zone } from "./time.ts";

/** What a drawing may depend on besides its properties. */
export interface Shown {
  /** The session's moment in microseconds; 0 without a session. */
  readonly now: number;
  readonly zone: Zone;
  /** Orders can be placed and canceled. */
  readonly trading: boolean;
}

type Draw = (props: never, shown: Shown) => ReactNode;

const PLAIN = new Map<unknown, Draw>();

/** Names a component that needs no React; `draw` says what it shows where the component itself asks for now or the zone. */
export function plain<Props>(
  component: (props: Props) => ReactNode,
  draw: (props: Props, shown: Shown) => ReactNode = component,
): void {
  PLAIN.set(component, draw);
}

const SVG = new Set(["svg", "path", "circle", "rect"]);
const NAMES: Readonly<Record<string, string>> = {
  className: "class",
  dateTime: "datetime",
  strokeWidth: "stroke-width",
  tabIndex: "tabindex",
};
const AS_THEY_ARE =
  /^(?:data-.+|aria-.+|cx|cy|d|disabled|fill|focusable|height|r|role|rx|stroke|title|type|viewBox|width|x|y)$/;

/** Properties that write false as a word, as React does: a toggle that is not pressed has to say so. */
const WORDED = /^(?:data-.+|aria-.+|focusable)$/;

type Pressed = (event: Event) => void;

/** What a press on an element does. */
const PRESSED = new WeakMap<EventTarget, Pressed>();

function onPress(event: Event): void {
  if (event.currentTarget !== null) PRESSED.get(event.currentTarget)?.(event);
}

function setPressed(element: HTMLElement | SVGElement, pressed: Pressed | undefined): void {
  if (pressed === undefined) {
    PRESSED.delete(element);
    return;
  }
  PRESSED.set(element, pressed);
  element.addEventListener("click", onPress);
}

/** Sets a property; false for one that only React knows what to do with. */
function setProperty(element: HTMLElement | SVGElement, name: string, value: unknown): boolean {
  if (name === "children" || value === undefined || value === null) return true;
  if (value === false && !WORDED.test(name)) return true;
  if (name === "style") {
    const styles = Object.entries(value);
    // React knows the units of numbers, and how a property of one's own is set.
    if (styles.some(([property, one]) => typeof one !== "string" || property.startsWith("--"))) return false;
    Object.assign(element.style, value);
    return true;
  }
  if (name === "onClick") {
    setPressed(element, value as Pressed);
    return true;
  }
  const attribute = NAMES[name] ?? (AS_THEY_ARE.test(name) ? name : null);
  if (attribute === null) return false;
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return false;
  element.setAttribute(attribute, value === true && !WORDED.test(name) ? "" : String(value));
  return true;
}

function elementOf(tag: string, props: Readonly<Record<string, unknown>>, shown: Shown): Node[] | null {
  const element = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props)) if (!setProperty(element, name, value)) return null;
  const children = nodesOf(props["children"] as ReactNode, shown);
  if (children === null) return null;
  element.append(...children);
  return [element];
}

/** The nodes of what is shown; null where React is needed. */
export function nodesOf(node: ReactNode, shown: Shown): Node[] | null {
  if (node === null || node === undefined || typeof node === "boolean" || node === "") return [];
  if (typeof node === "string" || typeof node === "number") return [document.createTextNode(String(node))];
  if (Array.isArray(node)) {
    const parts = node.map((part: ReactNode) => nodesOf(part, shown));
    return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
  }
  if (!isValidElement<Readonly<Record<string, unknown>>>(node)) return null;
  const { type, props } = node;
  if (type === Fragment) return nodesOf(props["children"] as ReactNode, shown);
  if (typeof type === "string") return elementOf(type, props, shown);
  const draw = PLAIN.get(type);
  return draw === undefined ? null : nodesOf(draw(props as never, shown), shown);
}

const drawn = (node: Node): node is HTMLElement | SVGElement =>
  node instanceof HTMLElement || node instanceof SVGElement;

/** Makes one node like another; false where another kind of node is needed. */
function become(old: Node, next: Node): boolean {
  if (old.nodeName !== next.nodeName) return false;
  if (!drawn(old) || !drawn(next)) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return true;
  }
  for (const { name, value } of next.attributes)
    if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const name of old.getAttributeNames()) if (!next.hasAttribute(name)) old.removeAttribute(name);
  if (old.style.cssText !== next.style.cssText) old.style.cssText = next.style.cssText;
  setPressed(old, PRESSED.get(next));
  show(old, [...next.childNodes]);
  return true;
}

/** Shows these nodes in a parent, by changing those that it has where they are of the same kind. */
export function show(parent: Node, nodes: readonly Node[]): void {
  for (const [index, node] of nodes.entries()) {
    const old = parent.childNodes[index];
    if (old === undefined) parent.appendChild(node);
    else if (!become(old, node)) parent.replaceChild(node, old);
  }
  while (parent.childNodes.length > nodes.length && parent.lastChild !== null) parent.removeChild(parent.lastChild);
}
