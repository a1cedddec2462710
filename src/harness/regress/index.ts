/** Regression: fixtures run as live sessions and compared, event for event, with what they were. */
export { ARTIFACTS, type ArtifactName } from "./artifacts.ts";
export { BASELINE_SCHEMA, loadBaseline, writeBaseline } from "./baseline.ts";
export { compareArtifacts, type ArtifactDifference } from "./compare.ts";
export { blocksOf, journalEvents, type EventLog } from "./events.ts";
export { findFixtures, fixtureHead, FIXTURE_SCHEMA, loadFixture, type Fixture, type FixtureFound } from "./fixture.ts";
export {
  fieldDifferences,
  firstDifference,
  type ChainLink,
  type FieldDifference,
  type FirstDifference,
  type RunEvent,
} from "./first-difference.ts";
export { measure, METRICS_TOLERANCE, type RunMetrics } from "./metrics.ts";
export { recordFixture, type Recorded, type RecordOptions } from "./record.ts";
export {
  chooseFixtures,
  fixtureFolders,
  prepareFixtures,
  regressOne,
  runFixture,
  withScratch,
  type Prepared,
  type RegressOptions,
  type Regression,
} from "./regress.ts";
export { htmlReport, junitReport } from "./report.ts";
export type { Action, ActionOutcome } from "./script.ts";
