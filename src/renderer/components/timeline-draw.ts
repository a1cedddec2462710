/** Draws the timeline: one lane a strategy, past runs as bars, skipped slots as crosses, next runs as rings with their jitter range. */
import type { ScheduleView } from "../../shared/contract/views.ts";
import { TICK_LOOKS, type Look } from "../lib/status.ts";
import { formatAge } from "../lib/time.ts";

export const LANE = 22;
export const LABELS = 150;
export const AXIS = 24;
const TOP = 8;
const RIGHT = 14;

type Run = ScheduleView["runs"][string];
type Skip = ScheduleView["skipped"][string];

export interface Lane {
  readonly name: string;
  readonly budget: number;
  readonly jitter: number;
  readonly attention: boolean;
  /** The run under way is past its budget, as the session says. */
  readonly overBudget: boolean;
  /** Why a run's end that is not on record is unknown: nothing runs any more, or the console cannot be reached. Null while it runs. */
  readonly unknown: "ended" | "unreached" | null;
  readonly runs: readonly Run[];
  readonly skips: readonly Skip[];
  readonly next: ScheduleView["next"][string];
}

export interface Span {
  /** Microseconds shown before and after now. */
  readonly past: number;
  readonly future: number;
}

/** The view as lanes, in the order of the desk. `reached` is false while the console cannot be reached. */
export function lanesOf(view: ScheduleView, reached = true): Lane[] {
  const runs = new Map<string, Run[]>();
  const skips = new Map<string, Skip[]>();
  for (const run of Object.values(view.runs)) {
    const list = runs.get(run.strategy);
    if (list === undefined) runs.set(run.strategy, [run]);
    else list.push(run);
  }
  for (const skip of Object.values(view.skipped)) {
    const list = skips.get(skip.strategy);
    if (list === undefined) skips.set(skip.strategy, [skip]);
    else list.push(skip);
  }
  return Object.values(view.rows).map((row) => ({
    name: row.name,
    budget: row.budget,
    jitter: row.jitter,
    attention: row.state === "quarantined" || row.state === "not_loaded",
    overBudget: row.state === "over_budget",
    unknown: row.state === "stopped" ? "ended" : reached ? null : "unreached",
    runs: runs.get(row.name) ?? [],
    skips: skips.get(row.name) ?? [],
    next: view.next[row.name] ?? [],
  }));
}

/** A round step that gives four to nine marks over the span. */
export function tickStep(total: number): number {
  for (const seconds of [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600])
    if (total / (seconds * 1e6) <= 7) return seconds * 1e6;
  return 7_200e6;
}

export interface Palette {
  readonly line: string;
  readonly ink: string;
  readonly quiet: string;
  readonly bar: string;
  readonly live: string;
  readonly warning: string;
  readonly critical: string;
  readonly panel: string;
  readonly font: string;
}

export interface Scene {
  readonly lanes: readonly Lane[];
  readonly now: number;
  readonly span: Span;
  readonly width: number;
  readonly height: number;
  readonly scroll: number;
  readonly palette: Palette;
}

/** Where a moment lies. */
export function placeX(scene: Pick<Scene, "now" | "span" | "width">, at: number): number {
  const { past, future } = scene.span;
  return LABELS + ((at - scene.now + past) / (past + future)) * (scene.width - LABELS - RIGHT);
}

export function laneAt(scene: Pick<Scene, "scroll">, y: number): number {
  return Math.floor((y - TOP + scene.scroll) / LANE);
}

export const contentHeight = (lanes: number): number => TOP + lanes * LANE + AXIS;

function tickLabel(offset: number): string {
  if (offset === 0) return "now";
  const sign = offset < 0 ? "−" : "+";
  const seconds = Math.abs(offset) / 1e6;
  return seconds < 120 ? `${sign}${seconds} s` : `${sign}${Math.round(seconds / 60)} min`;
}

function drawTicks(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { span, palette, height, width } = scene;
  const step = tickStep(span.past + span.future);
  ctx.font = `11px ${palette.font}`;
  ctx.textBaseline = "middle";
  for (let offset = -Math.floor(span.past / step) * step; offset <= span.future; offset += step) {
    const x = Math.round(placeX(scene, scene.now + offset)) + 0.5;
    ctx.strokeStyle = palette.line;
    ctx.beginPath();
    ctx.moveTo(x, 0);
    ctx.lineTo(x, height - AXIS);
    ctx.stroke();
    ctx.fillStyle = palette.quiet;
    const label = tickLabel(offset);
    if (x + 4 + ctx.measureText(label).width < width) ctx.fillText(label, x + 4, height - AXIS / 2);
  }
}

/** A run whose end is not on record: an outline, open towards the moment from which nothing is known. */
function drawUnknown(ctx: CanvasRenderingContext2D, palette: Palette, left: number, right: number, y: number): void {
  ctx.strokeStyle = palette.quiet;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 2]);
  ctx.strokeRect(left + 0.5, y - 4, Math.max(3, right - left), 8);
  ctx.setLineDash([]);
}

function drawRun(ctx: CanvasRenderingContext2D, scene: Scene, lane: Lane, run: Run, y: number): void {
  const end = run.finished ?? scene.now;
  const left = Math.max(LABELS, placeX(scene, run.started));
  const right = placeX(scene, end);
  if (right < LABELS || left > scene.width) return;
  const { palette } = scene;
  if (run.finished === null && lane.unknown !== null) return drawUnknown(ctx, palette, left, right, y);
  const failed = run.outcome !== null && run.outcome !== "ok" && run.outcome !== "overrun";
  // How long a run took is known once its end is; until then only the strategy's own state may say that it is over budget.
  const over = run.outcome === "overrun" || (run.finished === null ? lane.overBudget : end - run.started > lane.budget);
  ctx.fillStyle = failed
    ? palette.critical
    : over
      ? palette.warning
      : run.finished === null
        ? palette.live
        : palette.bar;
  ctx.beginPath();
  ctx.roundRect(left, y - 4.5, Math.max(3, right - left), 9, 1.5);
  ctx.fill();
}

/** A run's outcome, or why a slot was skipped, as the list of ticks has it. */
const tickWord = (code: string): string =>
  (TICK_LOOKS as Readonly<Record<string, Look>>)[code]?.word ?? code.replaceAll("_", " ");

function drawCross(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  ctx.beginPath();
  ctx.moveTo(x - 3.5, y - 3.5);
  ctx.lineTo(x + 3.5, y + 3.5);
  ctx.moveTo(x + 3.5, y - 3.5);
  ctx.lineTo(x - 3.5, y + 3.5);
  ctx.stroke();
}

function drawNext(ctx: CanvasRenderingContext2D, scene: Scene, lane: Lane, y: number): void {
  const { palette, width } = scene;
  for (const [at, planned] of lane.next) {
    const x = placeX(scene, at);
    if (x < LABELS || x > width - RIGHT + 8) continue;
    ctx.strokeStyle = palette.quiet;
    ctx.lineWidth = 1;
    const from = Math.max(placeX(scene, scene.now), placeX(scene, planned - lane.jitter));
    const to = Math.min(width - 2, placeX(scene, planned + lane.jitter));
    if (to > from) {
      ctx.beginPath();
      ctx.moveTo(from, y);
      ctx.lineTo(to, y);
      ctx.stroke();
    }
    ctx.fillStyle = palette.panel;
    ctx.strokeStyle = palette.ink;
    ctx.lineWidth = 1.25;
    ctx.beginPath();
    ctx.arc(x, y, 3.25, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
}

/** A name that is too long ends in an ellipsis: letters that are squeezed cannot be read. */
function fitted(ctx: CanvasRenderingContext2D, name: string, width: number): string {
  if (ctx.measureText(name).width <= width) return name;
  let length = name.length;
  while (length > 1 && ctx.measureText(`${name.slice(0, length)}…`).width > width) length -= 1;
  return `${name.slice(0, length)}…`;
}

function drawLane(ctx: CanvasRenderingContext2D, scene: Scene, lane: Lane, y: number): void {
  const { palette, width } = scene;
  ctx.strokeStyle = palette.line;
  ctx.lineWidth = 1;
  ctx.globalAlpha = 0.55;
  ctx.beginPath();
  ctx.moveTo(LABELS, Math.round(y) + 0.5);
  ctx.lineTo(width - RIGHT, Math.round(y) + 0.5);
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.fillStyle = lane.attention ? palette.critical : palette.ink;
  ctx.font = `12px ${palette.font}`;
  ctx.textBaseline = "middle";
  ctx.fillText(fitted(ctx, lane.name, LABELS - 24), 14, y + 0.5);
  for (const run of lane.runs) drawRun(ctx, scene, lane, run, y);
  ctx.strokeStyle = palette.warning;
  ctx.lineWidth = 1.5;
  for (const skip of lane.skips) {
    const x = placeX(scene, skip.at);
    if (x >= LABELS && x <= width - RIGHT) drawCross(ctx, x, y);
  }
  drawNext(ctx, scene, lane, y);
}

export function draw(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, lanes, scroll, palette } = scene;
  ctx.clearRect(0, 0, width, height);
  ctx.lineWidth = 1;
  drawTicks(ctx, scene);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, width, height - AXIS);
  ctx.clip();
  const first = Math.max(0, Math.floor((scroll - TOP) / LANE));
  const last = Math.min(lanes.length, first + Math.ceil(height / LANE) + 1);
  for (let index = first; index < last; index += 1) {
    const lane = lanes[index];
    if (lane !== undefined) drawLane(ctx, scene, lane, TOP + (index + 0.5) * LANE - scroll);
  }
  ctx.restore();
  const now = Math.round(placeX(scene, scene.now)) + 0.5;
  ctx.strokeStyle = palette.critical;
  ctx.lineWidth = 1.25;
  ctx.beginPath();
  ctx.moveTo(now, 0);
  ctx.lineTo(now, height - AXIS);
  ctx.stroke();
}

/** What lies under the pointer, in words; null for nothing. */
export function whatIsAt(scene: Scene, x: number, y: number): string | null {
  if (y > scene.height - AXIS) return null;
  const lane = scene.lanes[laneAt(scene, y)];
  if (lane === undefined || x < LABELS) return lane?.name ?? null;
  for (const [at, planned] of lane.next)
    if (Math.abs(placeX(scene, at) - x) < 6)
      return `${lane.name}: next run in ${formatAge(at - scene.now)}, ${formatAge(at - planned)} from its slot`;
  for (const skip of lane.skips)
    if (Math.abs(placeX(scene, skip.at) - x) < 6)
      return `${lane.name}: slot skipped ${formatAge(scene.now - skip.at)} ago, ${tickWord(skip.reason).toLowerCase()}`;
  for (const run of lane.runs) {
    const end = run.finished ?? scene.now;
    if (x < placeX(scene, run.started) - 2 || x > Math.max(placeX(scene, end), placeX(scene, run.started) + 2) + 2)
      continue;
    const orders = run.orders === 0 ? "" : `, ${run.orders} ${run.orders === 1 ? "order" : "orders"}`;
    if (run.finished === null && lane.unknown === "ended")
      return `${lane.name}: started ${formatAge(scene.now - run.started)} before the end${orders}; its own end is not on record`;
    if (run.finished === null && lane.unknown === "unreached")
      return `${lane.name}: started ${formatAge(scene.now - run.started)} before the last update${orders}; its end is not known`;
    const state = run.finished === null ? "running for" : `${tickWord(run.outcome ?? "ok").toLowerCase()}, took`;
    const message = run.message === null ? "" : `: ${run.message}`;
    return `${lane.name}: ${state} ${formatAge(end - run.started)} of ${formatAge(lane.budget)}${orders}${message}`;
  }
  return null;
}
