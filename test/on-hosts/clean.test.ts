import { afterAll, expect, test } from "vitest";
import { aHostProject, plainFiles, removeHostProjects } from "../support/container-host.ts";
import { onHost } from "../hosts/bed.ts";

afterAll(removeHostProjects);

const names = async (): Promise<string[]> =>
  (await onHost("apollo", "docker ps -a --format '{{.Names}}'")).stdout.split("\n");

test("clean removes the container of this project and group, and nothing else", async () => {
  const project = aHostProject();
  const other = aHostProject();
  await project.run("setup");
  await project.run("setup", { group: "cluster" });
  await other.run("setup");
  await project.sh(`docker create --name dino-${project.name}-dev-own igor-demo/busybox:1`);
  await project.sh(
    `docker create --name x-${project.name} --label igor.owner=kim --label igor.project=${project.name} --label igor.group=dev igor-demo/busybox:1`,
  );
  const { events } = await project.frame("clean");
  expect(events).toEqual([`removed container ${project.container}`]);
  const left = await names();
  for (const name of [
    `dino-${project.name}-cluster`,
    other.container,
    `dino-${project.name}-dev-own`,
    `x-${project.name}`,
  ]) {
    expect(left).toContain(name);
  }
  expect((await project.frame("clean")).events).toEqual(["nothing-to-remove"]);
});

test("clean with images keeps an image that another group uses, and says so", async () => {
  const project = aHostProject();
  await project.run("setup");
  await project.run("setup", { group: "cluster" });
  const images = { inputs: { in_images: "1" } };
  const image = `dino-${project.name}:igor`;
  expect((await project.frame("clean", images)).events).toEqual([
    `removed container ${project.container}`,
    `image-kept ${image} dino-${project.name}-cluster`,
  ]);
  const last = await project.frame("clean", { ...images, group: "cluster" });
  expect(last.events).toEqual([
    `removed container dino-${project.name}-cluster`,
    `removed image ${image}`,
  ]);
});

test("clean with images removes older builds, too, but no image that a user made of ours", async () => {
  const project = aHostProject();
  await project.run("build");
  await project.sh(
    `echo "FROM dino-${project.name}:igor" | docker build -q -t own-${project.name} -`,
  );
  await project.run("build", { files: { ...plainFiles, "requirements.txt": "other\n" } });
  await project.frame("clean", { inputs: { in_images: "1" } });
  const listed = (
    await onHost(
      "apollo",
      `docker images -a --filter label=igor.project=${project.name} --format '{{.Repository}}'`,
    )
  ).stdout;
  expect(listed).toContain(`own-${project.name}`);
  expect(listed).not.toContain(`dino-${project.name}`);
});

test("clean leaves what a user committed from a container, and runs from that, though it has the labels", async () => {
  const project = aHostProject();
  await project.run("setup");
  const own = `own-${project.name}`;
  const images = `docker images -q --filter label=igor.project=${project.name}`;
  await project.sh(
    `docker commit ${project.container} ${own} && docker run -d --name ${own} ${own}
     docker exec ${project.container} touch /kept && docker commit ${project.container}
     docker run --name ${own}-2 --entrypoint touch dino-${project.name}:igor /kept && docker commit ${own}-2 && docker rm ${own}-2`,
  );
  const mine = await project.sh(images);
  const { events } = await project.frame("clean", { inputs: { in_images: "1" } });
  expect(events).toEqual([
    `removed container ${project.container}`,
    `image-kept dino-${project.name}:igor ${own}`,
  ]);
  expect(await names()).toContain(own);
  expect((await project.sh(images)).split("\n").sort()).toEqual(mine.split("\n").sort());
});

test("clean ends the job of the group first, and removes what a killed setup left", async () => {
  const project = aHostProject();
  await project.run("setup");
  await project.sh(`docker rename ${project.container} ${project.container}.previous`);
  const files = { Dockerfile: "FROM igor-demo/busybox:1\nRUN sleep 60\n" };
  const [, job = ""] = (await project.frame("build", { files })).events.at(-1)?.split(" ") ?? [];
  expect((await project.frame("clean")).events).toEqual([
    `job-stopped ${job}`,
    `removed container ${project.container}.previous`,
  ]);
});
