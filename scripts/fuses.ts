/**
 * Electron's fuses as data, and the command that sets them in a packaged program: `node scripts/fuses.ts PATH_TO_ELECTRON`.
 *
 * 1. Every fuse that Electron has is named; the setting is strict, so a fuse that a later Electron brings makes it fail.
 * 2. The program cannot be run as Node, takes no NODE_OPTIONS and no --inspect, gives files no privileges, and loads only its own
 *    archive, whose integrity is checked.
 */
import { flipFuses, FuseV1Options, FuseVersion } from "@electron/fuses";
import { CodedError, shapeOf } from "../src/shared/errors.ts";

export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  resetAdHocDarwinSignature: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} as const;

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  try {
    if (path === undefined)
      throw new CodedError("usage", "Name the packaged program: node scripts/fuses.ts PATH_TO_ELECTRON");
    await flipFuses(path, FUSES);
    console.log(`The fuses of ${path} are set.`);
  } catch (error) {
    console.error(shapeOf(error).message);
    process.exitCode = 64;
  }
}
