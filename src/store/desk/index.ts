/** The desk file: its settings, its reading, and the desks that come with the program. */
export { BUILT_IN_PLACE, type ConfigRow, type Origin } from "./config-rows.ts";
export { checkDeskText, type DeskCheck } from "./check.ts";
export { deskForm, type DeskForm, type FormField } from "./form.ts";
export { DESK_CHARACTERS_MAX, DESK_DEPTH_MAX, DESK_VISITS_MAX } from "./document.ts";
export { FILES_MAX } from "./feed.ts";
export { barsDesk, resolveBarsDesk, scaledDesk, type BarsDeskOptions, type ScaledDeskOptions } from "./generate.ts";
export { changedLimits, LIMIT_NAMES, limitRows, type LimitChange, type LimitNames, type LimitRow } from "./limits.ts";
export { overProfile } from "./file-options.ts";
export { loadProfile, profileNames, profileToSave, saveProfile } from "./profiles.ts";
export type { BarsFeed } from "./reading.ts";
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
} from "./settings.ts";
export { editDistance, nearest } from "./spelling.ts";
export { isModuleFile, parameterRule, STRATEGIES_MAX, STRATEGY_SYMBOLS_MAX, type BuiltIns } from "./strategies.ts";
export { fxLine, isConvertible, readInstrumentsFile, SYMBOLS_MAX } from "./instruments.ts";
