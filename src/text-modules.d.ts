/** Remote programs are imported as text: esbuild and vitest load these files without reading them. */
declare module "*.sh" {
  const text: string;
  export default text;
}
declare module "*.py" {
  const text: string;
  export default text;
}
