/** The desk file: its settings, its reading, and the desks that come with the program. */
export { BUILT_IN_PLACE, type ConfigRow, type Origin } from "./text/config-rows.ts";
export { checkDeskText, type DeskCheck } from "./check.ts";
export { limitsUnset, settingValuesOf, storedDesk } from "./desk-values.ts";
export { deskForm, type DeskForm, type FormField } from "./form.ts";
export { DESK_CHARACTERS_MAX, DESK_DEPTH_MAX, DESK_VISITS_MAX } from "./text/document.ts";
export { FILES_MAX } from "./sections/feed.ts";
export { barsDesk, resolveBarsDesk, scaledDesk, type BarsDeskOptions, type ScaledDeskOptions } from "./generate.ts";
export {
  changedLimits,
  LIMIT_NAMES,
  limitRows,
  type LimitChange,
  type LimitNames,
  type LimitRow,
} from "./sections/limits.ts";
export { overProfile } from "./sections/file-options.ts";
export { loadProfile, profileNames, profileToSave, saveProfile } from "./sections/profiles.ts";
export type { BarsFeed } from "./sections/reading.ts";
export { describeConfig, resolveDesk, type DeskSources, type ResolvedDesk } from "./resolve.ts";
export { demoDesk, demoText, loadDesk, resourcesFolder, type DemoOptions } from "./resources.ts";
export {
  environmentName,
  flagName,
  SETTING_NAMES,
  settingOf,
  SETTINGS,
  type Setting,
  type SettingName,
  type SettingValues,
} from "./sections/settings.ts";
export { editDistance, nearest } from "./text/spelling.ts";
export {
  isModuleFile,
  parameterRule,
  STRATEGIES_MAX,
  STRATEGY_SYMBOLS_MAX,
  type BuiltIns,
} from "./sections/strategies.ts";
export { fxLine, isConvertible, readInstrumentsFile, SYMBOLS_MAX } from "./sections/instruments.ts";
