"""A driver whose tasks run with the locked packages, whatever the cluster has."""

from importlib.metadata import version

import ray

# Ray puts the working directory on every node, and the name of that copy into this variable.
WHEEL = "${RAY_RUNTIME_ENV_CREATE_WORKING_DIR}/example_package-0.1.0-py3-none-any.whl"


@ray.remote
def find_version() -> str:
    """The version of click where this runs."""
    return version("click")


ray.init(runtime_env={"working_dir": ".", "pip": [WHEEL]})
print("click on a worker:", ray.get(find_version.remote()))
