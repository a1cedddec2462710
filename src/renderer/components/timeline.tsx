/** The timeline on a canvas of the viewport's size: it draws the lanes that are seen, however many there are. */
import { useEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import type { ScheduleView } from "../../shared/contract/views.ts";
import { plural } from "../lib/format.ts";
import { useUnknown } from "../stores/live.ts";
import { contentHeight, draw, lanesOf, whatIsAt } from "./timeline-draw.ts";
import type { Lane, Palette, Scene, Span } from "./timeline-draw.ts";

function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    line: token("line"),
    ink: token("ink-2"),
    quiet: token("ink-3"),
    bar: token("accent-bar"),
    live: token("accent"),
    warning: token("warning"),
    critical: token("critical"),
    panel: token("panel"),
    font: token("font"),
  };
}

interface TimelineProps {
  readonly view: ScheduleView;
  readonly span: Span;
}

function summaryOf(lanes: readonly Lane[], reached: boolean): string {
  let [open, unknown, skipped] = [0, 0, 0];
  for (const lane of lanes) {
    const going = lane.runs.filter((run) => run.finished === null).length;
    open += going;
    unknown += lane.unknown === null ? 0 : going;
    skipped += lane.skips.length;
  }
  const without =
    unknown === 0 ? "" : `${plural(unknown, "run")} ${reached ? "without a recorded" : "with an unknown"} end, `;
  return (
    `Timeline of ${plural(lanes.length, "strategy", "strategies")}: ` +
    `${plural(open - unknown, "run")} under way, ${without}${plural(skipped, "skipped slot")}. ` +
    "The table of strategies has the same in words."
  );
}

export function Timeline({ view, span }: TimelineProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | null>(null);
  const colours = useRef<Palette | null>(null);
  const reached = !useUnknown();
  const lanes = useMemo(() => lanesOf(view, reached), [view, reached]);
  const summary = useMemo(() => summaryOf(lanes, reached), [lanes, reached]);
  const newest = useRef({ lanes, now: view.now, span });

  const paint = useRef(() => {
    const element = box.current;
    const surface = canvas.current;
    const ctx = surface?.getContext("2d");
    if (element === null || surface === null || ctx === null || ctx === undefined) return;
    const width = element.clientWidth;
    const height = element.clientHeight;
    const ratio = window.devicePixelRatio;
    if (surface.width !== Math.round(width * ratio) || surface.height !== Math.round(height * ratio)) {
      surface.width = Math.round(width * ratio);
      surface.height = Math.round(height * ratio);
      surface.style.width = `${width}px`;
      surface.style.height = `${height}px`;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    colours.current ??= palette();
    scene.current = { ...newest.current, width, height, scroll: element.scrollTop, palette: colours.current };
    draw(ctx, scene.current);
  });

  useEffect(() => {
    newest.current = { lanes, now: view.now, span };
    paint.current();
  }, [lanes, view.now, span]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const again = (): void => {
      colours.current = null;
      paint.current();
    };
    const size = new ResizeObserver(() => paint.current());
    size.observe(element);
    const page = new MutationObserver(again);
    page.observe(document.documentElement, { attributeFilter: ["data-theme", "data-colours"] });
    void document.fonts.ready.then(again);
    return () => {
      size.disconnect();
      page.disconnect();
    };
  }, []);

  return (
    <div
      ref={box}
      className="timeline"
      data-testid="timeline"
      role="img"
      tabIndex={0}
      aria-label={summary}
      onScroll={() => paint.current()}
      onMouseMove={(event) => {
        const surface = canvas.current;
        if (surface === null || scene.current === null) return;
        const place = surface.getBoundingClientRect();
        surface.title = whatIsAt(scene.current, event.clientX - place.left, event.clientY - place.top) ?? "";
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <div aria-hidden="true" style={{ height: `calc(${contentHeight(lanes.length)}px - 100%)` }} />
    </div>
  );
}
