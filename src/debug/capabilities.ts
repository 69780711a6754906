import type { DebugProtocol } from "@vscode/debugprotocol";

/**
 * What debugpy 1.8 can do, told before it runs: a client waits for this answer, and for minutes only where it is asked
 * to. What the debugpy in the container really can do follows as the event `capabilities`.
 */
export const capabilities: DebugProtocol.Capabilities = {
  supportsCompletionsRequest: true,
  supportsConditionalBreakpoints: true,
  supportsConfigurationDoneRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsEvaluateForHovers: true,
  supportsExceptionInfoRequest: true,
  supportsExceptionOptions: true,
  supportsFunctionBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsModulesRequest: true,
  supportsSetExpression: true,
  supportsSetVariable: true,
  supportsValueFormattingOptions: true,
  supportsTerminateRequest: true,
  supportsGotoTargetsRequest: true,
  supportsClipboardContext: true,
  supportsStepInTargetsRequest: true,
  exceptionBreakpointFilters: [
    {
      filter: "raised",
      label: "Raised Exceptions",
      default: false,
      description: "Break whenever any exception is raised.",
    },
    {
      filter: "uncaught",
      label: "Uncaught Exceptions",
      default: true,
      description: "Break when the process is exiting due to unhandled exception.",
    },
    {
      filter: "userUnhandled",
      label: "User Uncaught Exceptions",
      default: false,
      description: "Break when exception escapes into library code.",
    },
  ],
};
