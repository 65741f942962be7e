"""What a figure was measured on, for the JSON that each benchmark ends with."""

import platform
from typing import Any

import psutil


def machine() -> dict[str, Any]:
    """Cores, memory, load average (1, 5, 15 minutes), Python and system."""
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_average": [round(one, 2) for one in psutil.getloadavg()],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
