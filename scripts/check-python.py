# Programs that run in containers need no newer Python than 3.7: its grammar, and none of the names that the standard library
# has got since then and that one may want there. What this does not see, is seen by no check.
import ast
import sys

OLDEST = (3, 7)
MODULES = {"graphlib", "tomllib", "zoneinfo", "importlib.metadata", "importlib.resources"}
NAMES = (
    "removeprefix removesuffix cached_property cache batched pairwise prod isqrt lcm dist fmean quantiles "
    "to_thread timeout TaskGroup Runner waitstatus_to_exitcode pidfd_open memfd_create add_dll_directory "
    "create_server send_fds recv_fds has_dualstack_ipv6 excepthook unraisablehook "
    "get_native_id bit_count randbytes is_relative_to with_stem readlink hardlink_to indent unparse orig_argv "
    "stdlib_module_names posix_spawnp getencoding process_cpu_count"
).split()
KEYWORDS = {"missing_ok", "dirs_exist_ok", "umask", "user", "group", "extra_groups", "process_group", "pipesize"}


def complaints(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        tree = ast.parse(text, path, feature_version=OLDEST)
    except SyntaxError as error:
        yield error.lineno, error.msg
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in NAMES:
            yield node.lineno, "%s is newer" % node.attr
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS:
                    yield node.lineno, "%s= is newer" % keyword.arg
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            for name in [module] if module else [alias.name for alias in node.names]:
                top = name.split(".")[0]
                if name in MODULES:
                    yield node.lineno, "%s is newer" % name
                elif top not in sys.stdlib_module_names:
                    yield node.lineno, "%s is not of the standard library" % name


found = ["%s:%s: %s" % (path, *each) for path in sys.argv[1:] for each in complaints(path)]
sys.exit("\n".join(found) if found else 0)
