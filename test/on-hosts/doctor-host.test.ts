import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { linesAbout } from "../support/doctor-lines.ts";
import {
  aDockerProject,
  containerOf,
  inContainer,
  reconfigure,
  removeDockerProjects,
  steady,
} from "../support/docker-project.ts";
import { during } from "../support/during.ts";
import { aLaptop } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";

const laptop = aLaptop();
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

/** What doctor says of some things on apollo. */
async function told(project: TestProject, ...names: readonly string[]): Promise<string> {
  const { stdout } = await laptop.igor(project, ["doctor"]);
  return steady(linesAbout(stdout, ...names), project);
}

const setup = async (project: TestProject): Promise<void> => {
  const { exitCode, stderr } = await laptop.igor(project, ["docker", "setup", "--trust"]);
  if (exitCode !== 0) throw new Error(stderr);
};

describe("a host that lacks something", () => {
  const dir = "/srv/igor-doctor";
  const hosts = [{ host: "apollo", dir }];
  const project = aDockerProject({}, { host_groups: { dev: { hosts } } });
  /** A file system with so much room and so many inodes of which so many are taken. */
  const fileSystem = (size: string, used: string, [inodes, taken]: readonly [number, number]) =>
    `mkdir -p ${dir}; mount -t tmpfs -o mode=777,size=${size},nr_inodes=${String(inodes)} tmpfs ${dir}
fallocate -l ${used} ${dir}/big; cd ${dir}; seq ${String(taken)} | xargs touch; cd /`;
  const back = `umount ${dir}; rmdir ${dir}`;
  const rsyncThatSays = (version: string): string =>
    `printf '#!/bin/sh\necho "%s"\n' '${version}' >/usr/local/bin/rsync; chmod 755 /usr/local/bin/rsync`;

  test("is told of what is short", async () => {
    const said = await during(
      `${fileSystem("1200m", "1090m", [4000, 3850])}
mount -t tmpfs -o mode=1777,size=100m tmpfs /dev/shm; fallocate -l 95m /dev/shm/left
mv /usr/bin/cmp /usr/bin/cmp.away; ${rsyncThatSays("rsync  version 2.6.9  protocol version 29")}`,
      `${back}; umount /dev/shm; mv /usr/bin/cmp.away /usr/bin/cmp; rm /usr/local/bin/rsync`,
      () => told(project, "tools", "transfer", "disk", "inodes", "shm"),
    );
    expect(said).toMatchInlineSnapshot(`
      "  fail  tools      missing: cmp
                         → install what has them on apollo, e.g. \`sudo apt-get install coreutils findutils diffutils gzip tar gawk\`
        warn  transfer   rsync 2.6.9 is too old for igor: large pushes go by tar, whole
                         → install rsync 3 on apollo, e.g. \`sudo apt-get install rsync\`
        warn  disk       115 MB free of 1.3 GB in the project's file system (/srv/igor-doctor)
                         → see what takes the room: \`ssh apollo "df -h; du -xh --max-depth=2 '/srv/igor-doctor' | sort -h | tail"\`; \`igor docker clean --images\` removes this project's images
        warn  inodes     4% of the inodes of /srv/igor-doctor are free: soon no file can be made, whatever room there is
                         → see where the many files are: \`ssh apollo "du -x --inodes --max-depth=2 '/srv/igor-doctor' | sort -n | tail"\`
        warn  shm        5.2 MB free of 105 MB in /dev/shm; a container has its own (shm_size)
                         → see what is left there: \`ssh apollo ls -l /dev/shm\`"
    `);
  });

  test("is told of what is used up", async () => {
    const openrsync = fileURLToPath(new URL("../support/openrsync.sh", import.meta.url));
    const said = await during(
      `${fileSystem("50m", "50m", [1000, 990])}; chmod 755 /dev/shm
cat >/usr/local/bin/rsync <<'END'\n${readFileSync(openrsync, "utf8")}END\nchmod 755 /usr/local/bin/rsync`,
      `${back}; chmod 1777 /dev/shm; rm /usr/local/bin/rsync`,
      () => told(project, "transfer", "disk", "inodes", "shm"),
    );
    expect(said).toMatchInlineSnapshot(`
      "  warn  transfer   openrsync, which lacks what igor needs: large pushes go by tar, whole
                         → install rsync 3 on apollo, e.g. \`sudo apt-get install rsync\`
        fail  disk       0 B free of 52 MB in the project's file system (/srv/igor-doctor): hardly anything fits
                         → see what takes the room: \`ssh apollo "df -h; du -xh --max-depth=2 '/srv/igor-doctor' | sort -h | tail"\`; \`igor docker clean --images\` removes this project's images
        fail  inodes     1% of the inodes of /srv/igor-doctor are free: soon no file can be made, whatever room there is
                         → see where the many files are: \`ssh apollo "du -x --inodes --max-depth=2 '/srv/igor-doctor' | sort -n | tail"\`
        warn  shm        /dev/shm cannot be written: data loaders that share memory fail there
                         → \`ssh -t apollo 'sudo mount -t tmpfs -o mode=1777 tmpfs /dev/shm'\`"
    `);
  });
});

describe("an engine", () => {
  // There is no GPU here, and no buildx: what is asked is what they say.
  const nvidiaSmi = `printf '#!/bin/sh\ncase $* in *query*) echo NVIDIA A100; echo NVIDIA A100 ;; esac\n' >/usr/local/bin/nvidia-smi; chmod 755 /usr/local/bin/nvidia-smi`;
  const plugins = "/usr/local/lib/docker/cli-plugins";
  const buildx = `mkdir -p ${plugins}; cat >${plugins}/docker-buildx <<'END'
#!/bin/sh
case $1 in
  docker-cli-plugin-metadata) echo '{"SchemaVersion":"0.1.0","Vendor":"Docker Inc.","Version":"v0.17.1"}' ;;
  *) echo github.com/docker/buildx v0.17.1 257815a ;;
esac
END
chmod 755 ${plugins}/docker-buildx`;

  test("with the legacy builder is told, and so is one without the GPUs that are asked for", async () => {
    const project = aDockerProject({}, { gpus: "all" });
    expect(await told(project, "users", "builder", "gpus")).toMatchInlineSnapshot(`
      "  ok    users      not mapped: the container runs with your own number
        warn  builder    the legacy builder, which runs one step after the other and is going away
                         → install buildx on apollo, e.g. \`sudo apt-get install docker-buildx-plugin\` (Docker's packages) or \`docker-buildx\` (Ubuntu's)
        fail  gpus       the host has none, and the configuration wants some: the container does not start
                         → set \`gpus\` to \`auto\` in .igor/config.json, or name another host"
    `);
  });

  test("that cannot give GPUs, and whose store is full, is told", async () => {
    const said = await during(
      `${nvidiaSmi}; ${buildx}; mount -t tmpfs -o size=50m tmpfs /var/lib/docker`,
      `umount /var/lib/docker; rm -r ${plugins} /usr/local/bin/nvidia-smi`,
      () => told(aDockerProject(), "builder", "storage", "gpus"),
    );
    expect(said).toMatchInlineSnapshot(`
      "  ok    builder    buildx v0.17.1
        fail  storage    52 MB free of 52 MB in the engine's store (/var/lib/docker): hardly anything fits
                         → \`ssh apollo docker system df\` shows what takes the room; \`igor docker clean --images\` removes this project's images
        warn  gpus       the host has some, and its engine cannot give them to a container
                         → install the NVIDIA container toolkit on apollo, then \`sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker\`"
    `);
  });

  test("that gives GPUs by CDI says which", async () => {
    const said = await during(
      `${nvidiaSmi}; mkdir -p /etc/cdi; touch /etc/cdi/nvidia.yaml`,
      "rm -r /etc/cdi /usr/local/bin/nvidia-smi",
      () => told(aDockerProject(), "gpus"),
    );
    expect(said).toMatchInlineSnapshot(`"  ok    gpus       through CDI: 2x NVIDIA A100"`);
  });

  test("that maps users is told, and what the container makes is the user's all the same", async () => {
    const project = aDockerProject({}, { network: "none" });
    const said = await during(
      `chmod o+x /var/lib/docker; mkdir /run/remapped; mv /run/docker.sock /run/docker.sock.away
setsid unshare --net dockerd --userns-remap=dino --data-root /var/lib/docker/remapped --exec-root /run/remapped --pidfile /run/remapped.pid \\
  -H unix:///run/docker.sock -G docker --bridge none --iptables=false --storage-driver overlay2 \\
  --cgroup-parent "$(tr '\\0' '\\n' </proc/$(cat /run/docker.pid)/cmdline | sed -n '/^--cgroup-parent/{n;p}')" \\
  </dev/null >/var/log/remapped.log 2>&1 &
for try in $(seq 500); do curl -sf --unix-socket /run/docker.sock http://docker/_ping && break; sleep 0.02; done
docker -H unix:///run/docker.sock.away save igor-demo/busybox:1 | docker load`,
      `docker rm -f ${containerOf(project)}; kill $(cat /run/remapped.pid)
while [ -e /run/remapped.pid ]; do sleep 0.02; done
rm -rf /var/lib/docker/remapped /run/remapped; chmod o-x /var/lib/docker; mv /run/docker.sock.away /run/docker.sock`,
      async () => {
        await setup(project);
        return told(project, "users", "storage", "files", "home");
      },
    );
    expect(said.replace(/\S+ .B free of \S+ .B/, "N free of N")).toMatchInlineSnapshot(`
      "  ok    users      users are mapped (userns-remap); igor's container is left out of that, so that its files are yours
        ok    storage    N free of N in the engine's store (/var/lib/docker/remapped)
        ok    files      a file that is made in the container belongs to dino
        ok    home       /home/dino is writable"
    `);
  });
});

describe("a container", () => {
  const project = aDockerProject({}, { docker_args: ["--shm-size=64m"] });
  const name = containerOf(project);

  test("that igor did not make is told", async () => {
    const said = await during(
      `docker create --name ${name} igor-demo/busybox:1 sleep 1000`,
      `docker rm ${name}`,
      () => told(project, "container"),
    );
    expect(said).toMatchInlineSnapshot(`
      "  fail  container  dino-toy-dev was not made by igor for this project and group
                         → remove it if nobody needs it (\`ssh apollo docker rm -f dino-toy-dev\`), or set another \`user\` or \`project\` in .igor/config.json"
    `);
  });

  test("without Python, and with the shared memory that engines give by themselves, is told", async () => {
    await setup(project);
    expect(await told(project, "container", "python", "debugpy", "memory")).toMatchInlineSnapshot(`
      "  ok    container  dino-toy-dev runs
        warn  python     python3 does not run there
                         → install it in the dockerfile, or name the one to use with \`python\` in .igor/config.json; without it there is no debugger
        warn  memory     67 MB in its /dev/shm: data loaders with workers die there (Bus error)
                         → set \`shm_size\` to e.g. \`8g\` in .igor/config.json, and leave --shm-size out of docker_args; then \`igor docker setup\`"
    `);
  });

  test("that the configuration wants otherwise, and that does not run, is told", async () => {
    reconfigure(project, { env: { A: "1" }, ports: [9999] });
    expect(await told(project, "container")).toMatchInlineSnapshot(`
      "  warn  container  dino-toy-dev runs, but not as the configuration says now: ports, env
                         → \`igor docker setup\` replaces it"
    `);
    await onHost("apollo", ["docker", "kill", name]);
    expect(await told(project, "container")).toMatchInlineSnapshot(`
      "  warn  container  dino-toy-dev is stopped
                         → \`igor docker setup\` starts it"
    `);
  });

  test("with Python and no debugpy, whose shared memory is full, is told", async () => {
    const Dockerfile = "FROM igor-demo/python:3.11\n";
    const ofPython = aDockerProject({ Dockerfile }, { shm_size: "300m" });
    await setup(ofPython);
    await inContainer(ofPython, "fallocate -l 295m /dev/shm/left");
    expect(await told(ofPython, "container", "python", "debugpy", "memory")).toMatchInlineSnapshot(`
      "  ok    container  dino-toy-dev runs
        ok    python     3.11.2 (python3)
        warn  debugpy    debugpy is not in the image, which the debugger needs
                         → write \`RUN python3 -m pip install debugpy\` in the dockerfile, then \`igor docker setup\`
        warn  memory     5.2 MB free of 315 MB in its /dev/shm: programs that share memory die there (Bus error)
                         → \`igor docker exec ls -l /dev/shm\` shows what is there; remove what no program needs any more"
    `);
  });
});
