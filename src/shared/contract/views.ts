/**
 * What the views show: one projection for each stream, as schemas that both sides of the bridge share.
 *
 * 1. A projection is plain JSON. Moments are integers of microseconds; amounts are exact decimal strings; rates are shares of one.
 * 2. A table is a record keyed by its row's id, so that a change sends the rows that changed and no others.
 * 3. Every table has a limit, written beside it; what is older stays in the journal and in the session's files.
 * 4. Absent is null, never 0 and never an empty text.
 */
import type * as z from "zod/mini";
import { AlertSchema, AlertsViewSchema } from "../views/alerts.ts";
import { AppViewSchema, DeskViewSchema, MarkSchema, SessionViewSchema, TileSchema } from "../views/desk.ts";
import {
  FillRowSchema,
  OrderRowSchema,
  OrderStateSchema,
  OrdersViewSchema,
  RejectionsViewSchema,
  RouterViewSchema,
} from "../views/orders.ts";
import { FlattenSchema, PositionsViewSchema } from "../views/positions.ts";
import { HaltReasonSchema, SessionStateSchema, StrategyStateSchema } from "../views/parts.ts";
import {
  DriftItemSchema,
  DriftViewSchema,
  LogViewSchema,
  SessionListingSchema,
  SessionsViewSchema,
} from "../views/review.ts";
import { MetricsViewSchema, ScheduleViewSchema, TicksViewSchema } from "../views/schedule.ts";

export * from "../views/alerts.ts";
export * from "../views/desk.ts";
export * from "../views/orders.ts";
export * from "../views/parts.ts";
export * from "../views/positions.ts";
export * from "../views/review.ts";
export * from "../views/schedule.ts";

export const STREAMS = {
  app: AppViewSchema,
  session: SessionViewSchema,
  alerts: AlertsViewSchema,
  desk: DeskViewSchema,
  schedule: ScheduleViewSchema,
  ticks: TicksViewSchema,
  router: RouterViewSchema,
  positions: PositionsViewSchema,
  rejections: RejectionsViewSchema,
  metrics: MetricsViewSchema,
  orders: OrdersViewSchema,
  drift: DriftViewSchema,
  log: LogViewSchema,
  sessions: SessionsViewSchema,
} as const;

export type StreamName = keyof typeof STREAMS;
export type StreamValue<Name extends StreamName> = z.infer<(typeof STREAMS)[Name]>;

export type AppView = z.infer<typeof AppViewSchema>;
export type SessionView = z.infer<typeof SessionViewSchema>;
export type OpenSession = NonNullable<SessionView["session"]>;
export type DeskView = z.infer<typeof DeskViewSchema>;
export type Tile = z.infer<typeof TileSchema>;
export type ScheduleView = z.infer<typeof ScheduleViewSchema>;
export type TicksView = z.infer<typeof TicksViewSchema>;
export type RouterView = z.infer<typeof RouterViewSchema>;
export type PositionsView = z.infer<typeof PositionsViewSchema>;
export type FlattenView = z.infer<typeof FlattenSchema>;
export type RejectionsView = z.infer<typeof RejectionsViewSchema>;
export type MetricsView = z.infer<typeof MetricsViewSchema>;
export type OrdersView = z.infer<typeof OrdersViewSchema>;
export type OrderRow = z.infer<typeof OrderRowSchema>;
export type FillRow = z.infer<typeof FillRowSchema>;
export type DriftView = z.infer<typeof DriftViewSchema>;
export type DriftItem = z.infer<typeof DriftItemSchema>;
export type LogView = z.infer<typeof LogViewSchema>;
export type SessionsView = z.infer<typeof SessionsViewSchema>;
export type SessionListing = z.infer<typeof SessionListingSchema>;
export type HaltReason = z.infer<typeof HaltReasonSchema>;
export type AlertsView = z.infer<typeof AlertsViewSchema>;
export type Mark = z.infer<typeof MarkSchema>;
export type Alert = z.infer<typeof AlertSchema>;
export type StrategyState = z.infer<typeof StrategyStateSchema>;
export type OrderState = z.infer<typeof OrderStateSchema>;
export type SessionStateName = z.infer<typeof SessionStateSchema>;
