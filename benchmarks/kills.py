"""Two hundred kills of processes of a house at work: how long each outage lasts, what is lost.

    python benchmarks/kills.py [SEED]

Runs the real `yinxin serve`, durable, in a temporary home and removes it afterwards.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.crashes.house import Victim
from tests.crashes.kills import ALLOWED_OUTAGE_S, kill

KILLS = 200


def main() -> int:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20260105
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yinxin-kills-") as folder:
        report = kill(Path(folder), KILLS, seed)
    print(f"seed {seed}, {time.monotonic() - began:,.0f} s\n")
    print(f"{'killed':<14}{'times':>6}{'median outage':>16}{'longest outage':>16}")
    for victim in Victim:
        outages = sorted(each.outage_s for each in report.kills if each.victim is victim)
        median, longest = outages[len(outages) // 2], outages[-1]
        print(f"{victim:<14}{len(outages):>6}{median:>14.1f} s{longest:>14.1f} s")
    print(f"\noutages above {ALLOWED_OUTAGE_S:.0f} s {len(report.too_long)}, at most 0")
    print(f"acknowledged {report.acknowledged:,}")
    print(f"lost {len(report.lost)}, at most 0")
    print(f"findings of the verifier {len(report.findings.splitlines())}, at most 0")
    print("\n".join([*report.lost[:20], report.findings]))
    return 1 if report.too_long or report.lost or report.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
