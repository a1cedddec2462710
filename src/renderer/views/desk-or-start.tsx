/** The desk of the open session, or the way to one: what starts a session needs neither grid nor chart. */
import type { ReactNode } from "react";
import { useSession } from "../stores/live.ts";
import { later } from "./later.tsx";

const Start = later(async () => (await import("./first.tsx")).FirstStart, "the desk");
const Desk = later(async () => (await import("./desk.tsx")).Desk, "the desk");

export function DeskOrStart(): ReactNode {
  const none = useSession() === null;
  return none ? <Start /> : <Desk />;
}
