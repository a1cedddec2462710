"""
Runs one command and prints, as JSON, its exit code, what it wrote, its time, its processor time and its memory.

1. Processor time is that of the command and of all its processes that ended.
2. Memory is the largest sum of its processes' proportional sets, looked at every 100 ms; without /proc, the largest one's own peak.
"""
import json
import resource
import subprocess
import sys
import threading
import time


def tree(pid):
    yield pid
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            for child in file.read().split():
                yield from tree(int(child))
    except OSError:
        return


def proportional_kb(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def main(command):
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = 0
    ended = threading.Event()

    def watch():
        nonlocal peak
        while not ended.wait(0.1):
            peak = max(peak, sum(proportional_kb(pid) for pid in tree(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    stdout, stderr = process.communicate()
    ended.set()
    watcher.join()
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    result = {
        "code": process.returncode,
        "stdout": stdout,
        "stderr": stderr[-2000:],
        "seconds": seconds,
        "cpuSeconds": used.ru_utime + used.ru_stime,
        "memoryMb": (peak * 1024 if peak > 0 else used.ru_maxrss * unit) / 1e6,
    }
    print(json.dumps(result))


main(sys.argv[1:])
