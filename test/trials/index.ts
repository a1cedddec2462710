/** Every trial, in the order in which a long run makes them. */
import { boundaries } from "./boundaries.ts";
import { days } from "./days.ts";
import { faults } from "./faults.ts";
import { flips } from "./flips.ts";
import { kills } from "./kills.ts";
import { power } from "./power.ts";
import { routerModel } from "./router-model.ts";
import { seeds } from "./seeds.ts";
import { snapshots } from "./snapshots.ts";
import { soakTrial } from "./soak.ts";
import type { Trial } from "./trial.ts";

export const TRIALS: readonly Trial[] = [
  routerModel,
  snapshots,
  flips,
  seeds,
  days,
  power,
  boundaries,
  faults,
  kills,
  soakTrial,
];
