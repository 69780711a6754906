import type { Project } from "../model/project.ts";

/** The environment that igor is called in. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of which a configuration gives only the name. */
export function variablesNamedBy({ container }: Project): readonly string[] {
  return Object.keys(container.env).filter((name) => container.env[name] === null);
}

/** Their values here; of those that are not set there is none. */
export function valuesNamedBy(
  project: Project,
  environment: Environment,
): ReadonlyMap<string, string> {
  return new Map(
    variablesNamedBy(project).flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
