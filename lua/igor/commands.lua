-- Generated from src/request/ by `npm run doc`; do not edit.
-- luacheck: no max line length
return {
  { name = "IgorPush", verb = "push", bang = "--adopt", summary = "igor: put the project's files on the hosts" },
  { name = "IgorPull", verb = "pull", bang = "--overwrite", summary = "igor: bring what was made on the hosts here" },
  { name = "IgorBuild", verb = "docker build", bang = "--adopt", summary = "igor: push, then build the image on the hosts" },
  { name = "IgorSetup", verb = "docker setup", bang = "--replace", summary = "igor: push, then make sure that an up-to-date container runs" },
  { name = "IgorExec", verb = "docker exec", bang = "--push", summary = "igor: run a command line in the container, by its sh; with ! push first" },
  { name = "IgorClean", verb = "docker clean", bang = "--images", summary = "igor: remove the project's containers from the hosts" },
  { name = "IgorStatus", verb = "status", summary = "igor: show how things stand on the hosts" },
  { name = "IgorPs", verb = "docker ps", summary = "igor: list what is on the hosts: containers, processes, images" },
  { name = "IgorLogs", verb = "docker logs", bang = "--follow", summary = "igor: print the log of the last build" },
  { name = "IgorDoctor", verb = "doctor", summary = "igor: look at the whole way into the container, and say what to mend" },
  { name = "IgorLogin", verb = "login", summary = "igor: let ssh ask for a password, a second factor or a host key" },
  { name = "IgorInit", verb = "init", summary = "igor: write a first .igor/config.json here" },
}
