/**
 * The window's preferences: one frozen object, every key that touches safety written out.
 *
 * 1. Nothing is left to a default, so a default that changes in a later Electron changes nothing here.
 * 2. The page is isolated, sandboxed and without Node; it can neither open webviews nor load insecure content.
 */
import type { WebPreferences } from "./electron.ts";

export const PREFERENCES = Object.freeze({
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  javascript: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: "",
  plugins: false,
  navigateOnDragDrop: false,
  enableDeprecatedPaste: false,
  disableDialogs: true,
  safeDialogs: true,
  // The spelling checker fetches its dictionaries from the network.
  spellcheck: false,
  autoplayPolicy: "document-user-activation-required",
  // Countdown and latency stay right while the window is behind another one.
  backgroundThrottling: false,
} as const) satisfies WebPreferences;
