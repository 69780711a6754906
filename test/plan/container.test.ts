import { describe, expect, test } from "vitest";
import type { ContainerSettings } from "../../src/model/project.ts";
import { containerInputs, containerNameOf, imageNameOf } from "../../src/plan/container.ts";

const plain: ContainerSettings = {
  engine: "docker",
  workspace: "/workspace",
  python: "python3",
  gpus: "auto",
  shmSize: "8g",
  env: { B: "2", A: "1" },
  mounts: [],
  ports: [{ host: 5556, container: 5556 }],
  user: "host",
  network: undefined,
  dockerArgs: [],
};
const identity = { owner: "dino", project: "toy", group: "dev" };
const inputsOf = (settings: Partial<ContainerSettings> = {}, more = {}) =>
  containerInputs({
    identity,
    settings: { ...plain, ...settings },
    dir: "/d",
    imageHash: "h",
    replace: false,
    ...more,
  });

describe("names", () => {
  test.each([
    ["dino", "toy", "dev", "dino-toy-dev", "dino-toy:igor"],
    ["Dino", "My.App", "GPU_box", "dino-my.app-gpu_box", "dino-my.app:igor"],
    ["CORP\\dino", "a..b", "x.", "corp-dino-a-b-x", "corp-dino-a-b:igor"],
    ["d", "a_.-b-", "c", "d-a-b--c", "d-a-b:igor"],
    ["d", "a__b--c", "c", "d-a__b--c-c", "d-a__b--c:igor"],
  ])("of %s %s %s are legal for Docker", (owner, project, group, container, image) => {
    expect(containerNameOf({ owner, project, group })).toBe(container);
    expect(imageNameOf({ owner, project })).toBe(image);
    expect(image).toMatch(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*:igor$/);
  });
});

describe("the configuration hash", () => {
  const keysThatDiffer = (settings: Partial<ContainerSettings>, more = {}) => {
    const before = (inputsOf()["in_config_keys"] ?? "").split(" ");
    const after = (inputsOf(settings, more)["in_config_keys"] ?? "").split(" ");
    return after.filter((word) => !before.includes(word)).map((word) => word.split("=")[0]);
  };

  test.each<[string, Partial<ContainerSettings>]>([
    ["env", { env: { A: "1", B: "3" } }],
    ["ports", { ports: [] }],
    ["mounts", { mounts: [{ source: "~/d", target: "/d", readonly: true }] }],
    ["gpus", { gpus: { devices: ["0"] } }],
    ["shm_size", { shmSize: "1g" }],
    ["network", { network: "host" }],
    ["docker_args", { dockerArgs: ["--privileged"] }],
    ["container_user", { user: "image" }],
    ["workspace", { workspace: "/w" }],
  ])("changes with %s, and says so", (key, settings) => {
    expect(keysThatDiffer(settings)).toEqual([key]);
    expect(inputsOf(settings)["in_config_hash"]).not.toBe(inputsOf()["in_config_hash"]);
  });

  describe("with a value of the environment", () => {
    const settings = { env: { B: "2", A: "1", TOKEN: null } };
    const hashes = (digest: string, more: Partial<ContainerSettings> = {}) =>
      inputsOf({ ...settings, ...more }, { envDigests: new Map([["TOKEN", digest]]) });

    test("changes with that value, and says that it is env", () => {
      expect(keysThatDiffer(settings, { envDigests: new Map([["TOKEN", "d"]]) })).toEqual(["env"]);
      expect(hashes("d")).toEqual(hashes("d"));
      expect(hashes("e")["in_config_hash"]).not.toBe(hashes("d")["in_config_hash"]);
    });

    test("is not known without it, and not taken for that of another text", () => {
      expect(inputsOf(settings)["in_config_hash"]).toBe("-");
      const written = inputsOf({ env: { ...settings.env, TOKEN: "d" } });
      expect(written["in_config_hash"]).not.toBe(hashes("d")["in_config_hash"]);
    });
  });

  test("changes with the directory on the host", () => {
    expect(keysThatDiffer({}, { dir: "/other" })).toEqual(["dir"]);
  });

  test("does not change with the order of the environment, the image, or what is no business of the container", () => {
    expect(
      keysThatDiffer(
        { env: { A: "1", B: "2" }, python: "python" },
        { replace: true, imageHash: "i" },
      ),
    ).toEqual([]);
  });
});

describe("what the program is told", () => {
  test("is what was asked for", () => {
    const inputs = inputsOf({
      gpus: { devices: ["0", "GPU-1"] },
      mounts: [{ source: "~/a\nb", target: "/c\\d", readonly: true }],
      env: { A: "x=y\nz", TOKEN: null },
      dockerArgs: ["--cap-add", "", "a b"],
    });
    expect(inputs).toMatchObject({
      in_gpus: "device=0,GPU-1",
      in_mounts: "ro\n~/a\\0012b\n/c\\0134d",
      in_env: "A=x=y\\0012z\nTOKEN",
      in_docker_args: "--cap-add\n\\c\na b",
      in_ports: "5556:5556",
      in_replace: "",
    });
  });

  test.each(["host", "none", "container:x"])("has no ports in the network %s", (network) => {
    expect(inputsOf({ network })["in_ports"]).toBe("");
  });

  test.each([["--ipc=host"], ["--ipc", "host"], ["--ipc", "container:x"]])(
    "has no size of another's shared memory: %s %s",
    (...dockerArgs) => {
      expect(inputsOf({ dockerArgs })["in_shm"]).toBe("");
      expect(inputsOf({ dockerArgs: ["--ipc", "private"] })["in_shm"]).toBe("8g");
    },
  );
});
