"""The four time daemons of Debian as a host of the bed runs them: package, unit, what lets the unit
run without the right to set the clock, how sources are written and what the daemon says of them.

What each of them shows then was measured on Debian 12 and stands beside it. Seconds count from the
start of the daemon, with sources that answer within a millisecond."""
import re
from dataclasses import dataclass

NO_CONDITIONS = "[Unit]\nConditionCapability=\nConditionVirtualization=\n"


@dataclass(frozen=True)
class Daemon:
    """Nothing in it knows a host: files are {path: text}, questions take a function that runs a
    command in the host and returns what it printed."""
    package: str
    unit: str
    process: str   # as /proc/PID/comm has it
    config: str    # where its sources stand
    files: dict    # what the bed adds before the first boot
    head: str      # of the configuration file, before the sources
    source: str    # one line for a source; {} is its address
    ask: tuple     # the daemon's own client
    answered: object  # what that printed → addresses of sources that have answered

    def text(self, sources):
        return self.head + "".join(self.source.format(address) + "\n" for address in sources)


def rows(text):
    return [line.split() for line in text.splitlines() if line.strip()]


def chrony_answered(text):
    """chronyc -c -n sources: mode, state, address, stratum, poll, reach in octal, …"""
    fields = [line.split(",") for line in text.splitlines()]
    return [row[2] for row in fields if len(row) > 5 and row[5] != "0"]


def ntpsec_answered(text):
    """ntpq -p -n: tally and address, refid, stratum, type, when, poll, reach in octal, …"""
    return [row[0].lstrip("*+-#ox. ") for row in rows(text)[2:] if len(row) > 8 and row[6] != "0"]


def openntpd_answered(text):
    """ntpctl -s peers: a line with the address, then one with weight, trust, stratum, next, poll
    and, once it has answered, offset, delay and jitter."""
    found, address = [], ""
    for row in rows(text):
        if re.fullmatch(r"[0-9.]+|[0-9a-f:]+:[0-9a-f:]*", row[0]) and len(row) <= 5:
            address = row[0]
        elif address and row[-1].endswith("ms"):
            found.append(address)
    return found


def timesyncd_answered(text):
    """timedatectl show-timesync: KEY=VALUE; NTPMessage is there after the first answer."""
    keys = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return [keys["ServerAddress"]] if "PacketCount=" in keys.get("NTPMessage", "") else []


# chronyd -x is whole but for the clock: all samples after 6 s, then a selected source,
# falsetickers marked, NTS works, tracking has reference and figures, leap status Normal; "System
# time" is what it would correct.
CHRONY = Daemon(
    package="chrony", unit="chrony.service", process="chronyd",
    config="/etc/chrony/chrony.conf",
    files={
        "/etc/systemd/system/chrony.service.d/bed.conf": NO_CONDITIONS,
        "/etc/default/chrony": 'DAEMON_OPTS="-F 1 -x"\n',
    },
    head="confdir /etc/chrony/conf.d\nsourcedir /etc/chrony/sources.d\n"
         "keyfile /etc/chrony/chrony.keys\ndriftfile /var/lib/chrony/chrony.drift\n"
         "ntsdumpdir /var/lib/chrony\nlogdir /var/log/chrony\nmaxupdateskew 100.0\n"
         "makestep 1 3\nleapsectz right/UTC\n",
    source="server {} iburst",
    ask=("chronyc", "-c", "-n", "sources"), answered=chrony_answered)

# With `disable ntp` NTPsec polls, filters and selects: reach after 3–8 s, a sys.peer after 10–15
# s, a falseticker marked `x` after 12–25 s (before, it is `reject`); refid, stratum, rootdelay
# and peer of association 0 are those of the sys.peer. But leap stays 11 (alarm), offset and
# frequency stay 0.0, the system status stays `leap_alarm, sync_unspec`, and the poll stays at 64
# s. It needs three sources for a sys.peer (`minsane 3`). iburst counts as one in reach. `-u` ends
# it at once (cap_set_proc asks for CAP_SYS_TIME), so that it runs as root, without Debian's
# wrapper, and has no pid file. Its first two calls of ntp_adjtime come all the same and are
# logged as refused. ntp.d/*.conf is read beside the file of -c. `server 127.1.2.3` is refused
# ("attempt to configure invalid address"); 127.0.0.1, which is itself, is taken.
NTPSEC = Daemon(
    package="ntpsec", unit="ntpsec.service", process="ntpd",
    config="/etc/ntpsec/ntp.conf",
    files={
        # beside the main file, which so may become what a test, or the program, makes of it
        "/etc/ntpsec/ntp.d/bed.conf": "disable ntp\n",
        "/etc/systemd/system/ntpsec.service.d/bed.conf":
            NO_CONDITIONS + "[Service]\nType=simple\nPIDFile=\nExecStart=\n"
            "ExecStart=/usr/sbin/ntpd -n -g -c /etc/ntpsec/ntp.conf\n",
    },
    head="driftfile /var/lib/ntpsec/ntp.drift\ntos maxclock 11\ntos minclock 4 minsane 3\n"
         "restrict default kod nomodify nopeer noquery limited\n"
         "restrict 127.0.0.1\nrestrict ::1\n",
    source="server {} iburst",
    ask=("ntpq", "-p", "-n"), answered=ntpsec_answered)

# OpenNTPD trusts a peer after some answers, 5–9 s apart: "peer not valid" until 20–55 s, and that
# peer has no offset before. Then offset, delay and jitter are there; it names no falseticker: a
# peer 300 ms off is as valid as the others. "N/M peers valid, clock unsynced" never becomes
# synced and no peer gets its `*` in ten minutes, since each adjtime is refused, which is logged
# about every two minutes. ExecStartPre checks the configuration, so that a restart with a bad one
# fails; systemd then tries five times within a second and refuses every start for the rest of 10 s.
# A last line without newline is a syntax error. With a blackhole route to a source it ends.
OPENNTPD = Daemon(
    package="openntpd", unit="openntpd.service", process="ntpd",
    config="/etc/openntpd/ntpd.conf",
    files={"/etc/systemd/system/openntpd.service.d/bed.conf": NO_CONDITIONS},
    head="", source="server {}",
    ask=("ntpctl", "-s", "all"), answered=openntpd_answered)

# timesyncd asks one server: answer within a second, PacketCount 1, then one more after 32–64 s,
# then after twice as long each time, up to 34 min; the four time stamps and Jitter are right. A
# silent server is left for the next after 10 s. Each clock_adjtime is refused and logged, and it
# goes on as if it had been done: "Initial clock synchronization" is in the journal, Frequency
# stays 0, Ignored stays "no" even for a server hours off. NTPSynchronized of timedate1 is the
# flag of the one kernel, which no host can change. Asking over D-Bus starts the daemon again when
# it was stopped: ask `systemctl is-active` first.
TIMESYNCD = Daemon(
    package="systemd-timesyncd", unit="systemd-timesyncd.service", process="systemd-timesyn",
    config="/etc/systemd/timesyncd.conf",
    files={
        "/etc/systemd/system/systemd-timesyncd.service.d/bed.conf":
            NO_CONDITIONS + "[Service]\nAmbientCapabilities=\nCapabilityBoundingSet=\n",
    },
    head="[Time]\nNTP=\n", source="NTP={}",
    ask=("timedatectl", "show-timesync", "--all"), answered=timesyncd_answered)

DAEMONS = {daemon.package: daemon for daemon in (CHRONY, NTPSEC, OPENNTPD, TIMESYNCD)}
