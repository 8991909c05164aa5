"""Load and its answers: dnsperf for the speed, our asker for latency and truth."""

import json
import os
import re
import subprocess
import sys

from lab import BenchError

# Windows that no server here answers with losses: a lost query would hold a place for seconds.
WINDOW = 60
CLIENTS = 12

def write_names(path, count, suffix, first=0):
    if not os.path.exists(path):
        with open(path, "w", encoding="ascii") as out:
            out.writelines(f"n{number}.{suffix} A\n" for number in range(first, first + count))
    return path


class Dnsperf:
    """Load as fast as it is answered, or at most a rate; each name over and over, or once."""

    def __init__(self, address, port, names, seconds, once=False, rate=None):
        command = ["dnsperf", "-s", address, "-p", str(port), "-d", names, "-l", str(seconds), "-q",
                   str(WINDOW), "-c", str(CLIENTS)]
        command += (["-n", "1"] if once else []) + (["-Q", str(int(rate))] if rate else [])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def result(self):
        """Queries per second, the number answered, and the number lost or not answered by NOERROR."""
        text, _ = self.process.communicate()
        found = {key: re.search(pattern, text) for key, pattern in {
            "completed": r"Queries completed:\s+(\d+)",
            "lost": r"Queries lost:\s+(\d+)",
            "rate": r"Queries per second:\s+([\d.]+)"}.items()}
        if None in found.values():
            raise BenchError(f"dnsperf said:\n{text}")
        completed = int(found["completed"].group(1))
        noerror = re.search(r"NOERROR (\d+)", text)
        good = int(noerror.group(1)) if noerror else 0
        if good < completed:
            print(re.search(r"Response codes:.*|$", text).group(0), file=sys.stderr, flush=True)
        return {"rate": float(found["rate"].group(1)), "completed": completed, "good": good,
                "lost": int(found["lost"].group(1)), "wrong": completed - good}


class Asker:
    """Asks names at a steady rate, new ones or some over and over, beside whatever else runs."""

    def __init__(self, program, address, port, rate, seconds, first, suffix, network, pairs=None):
        command = [program, address, str(port), str(rate), str(seconds), str(first), suffix, network]
        self.process = subprocess.Popen(command + ([pairs] if pairs else []), stdout=subprocess.PIPE,
                                        text=True)

    def result(self):
        out, _ = self.process.communicate()
        if self.process.returncode != 0:
            raise BenchError(f"asker ended with {self.process.returncode}")
        return json.loads(out)


def wrong_mappings(mappings, pairs):
    """How many answers the kernel does not stand behind, and how many fakes lead to one real."""
    with open(pairs, encoding="ascii") as lines:
        answered = [line.split() for line in lines]
    expected = {fake: "11.%d.%d.%d" % (int(n) >> 16 & 255, int(n) >> 8 & 255, int(n) & 255)
                for n, fake in answered}
    absent = sum(mappings.get(fake) != real for fake, real in expected.items())
    return absent + len(answered) - len(expected) + len(mappings) - len(set(mappings.values()))
