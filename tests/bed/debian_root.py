#!/usr/bin/python3
"""Debian trees for the hosts of the bed: one root, and one layer over it for each time daemon,
since no two of them can be installed together. Built once, outside of this tree, with the apt
configuration of this machine; nothing of it runs here but in a chroot, and no service starts.
As a program: `debian_root.py [PACKAGE…]` builds what is missing, and prints where it is."""
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import seclusion

VERSION = 1  # to be raised when what is built changes and the lists below do not
RELEASE = "bookworm"
PACKAGES = (
    "systemd", "systemd-sysv", "systemd-container", "dbus", "iproute2", "procps", "openssl",
    "netbase", "ca-certificates",
    # what the program is linked with, and what it loads
    "libc-ares2", "libcurl4", "libnettle8", "libsqlite3-0", "libssl3")
LAYERS = ("chrony", "ntpsec", "openntpd", "systemd-timesyncd")
KEY = hashlib.sha256(repr((VERSION, RELEASE, PACKAGES)).encode()).hexdigest()[:12]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clockwright-bed"
BASE = CACHE / KEY / "base"
APART = "CLOCKWRIGHT_BED_APART"  # set where mounts are private
APT = ["apt-get", "-o", "Dpkg::Options::=--force-unsafe-io", "-o", "Dpkg::Use-Pty=0", "-qq"]


def layer(package):
    """The directory to be laid over BASE."""
    return CACHE / KEY / package


def is_complete():
    return all(path.is_dir() for path in (BASE, *map(layer, LAYERS)))


def can_build():
    return is_complete() or shutil.which("debootstrap") is not None


def run(*command, **options):
    """Runs it; what it printed is shown only when it fails."""
    done = subprocess.run([*map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
                          **options)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                      f"{done.stdout[-3000:]}")
    return done.stdout


# --- what apt here knows -------------------------------------------------------------------------

def mirror():
    """Where apt on this machine gets the release from."""
    form = "$(CODENAME) $(COMPONENT) $(REPO_URI)"
    targets = run("apt-get", "indextargets", "--format", form, "Created-By: Packages")
    for line in targets.splitlines():
        codename, component, uri = line.split(" ", 2)
        if (codename, component) == (RELEASE, "main"):
            return uri
    raise OSError(f"apt here has no source of {RELEASE}")


def apt_sources():
    """The text of all of apt's lists of sources."""
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    return "\n".join(path.read_text() for path in places
                     if path.suffix in (".list", ".sources") and path.is_file())


def proxies():
    """apt's proxies, as wget, which debootstrap uses, takes them."""
    found = {}
    for scheme in ("http", "https"):
        value = run("apt-config", "shell", "proxy", f"Acquire::{scheme}::Proxy")
        if match := re.match(r"proxy='(.+)'", value):
            found[f"{scheme}_proxy"] = match.group(1)
    return found


def is_trusted_unsigned(source):
    """Whether apt was told to take this very source as it is: in the line or the stanza of it."""
    text = re.sub(r"^\s*#.*\n?", "", apt_sources(), flags=re.M)
    entries = re.split(r"\n\s*\n|\n(?=deb\s)", text)
    return any(source.rstrip("/") in entry and re.search(r"\btrusted\s*[=:]\s*yes", entry, re.I)
               for entry in entries)


def keyring_options(directory, source):
    """One keyring with all that apt trusts; none where apt asks for none."""
    if is_trusted_unsigned(source):
        return ["--no-check-gpg"]
    keys = b""
    for place in ("/usr/share/keyrings/debian-archive-keyring.gpg", "/etc/apt/trusted.gpg"):
        if os.path.exists(place):
            keys += Path(place).read_bytes()
    for place in ("/etc/apt/trusted.gpg.d", "/etc/apt/keyrings"):
        for path in sorted(Path(place).glob("*.gpg")):
            keys += path.read_bytes()
    ring = directory / "keyring.gpg"
    ring.write_bytes(keys)
    return [f"--keyring={ring}"]


def give_apt_configuration(root):
    """apt in the root gets its packages as apt here does."""
    shutil.rmtree(root / "etc/apt")
    shutil.copytree("/etc/apt", root / "etc/apt", symlinks=True, ignore_dangling_symlinks=True)
    for named in re.findall(r"signed-by\s*[=:]\s*(/[^\s\]]+)", apt_sources(), re.I):
        if os.path.exists(named) and not (root / named[1:]).exists():
            (root / named[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(named, root / named[1:])


@contextlib.contextmanager
def network_names(root):
    """While packages are fetched the root finds hosts, and trusts their certificates, as we do."""
    kept = {}
    for name in ("etc/hosts", "etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
        path = root / name
        kept[path] = path.read_bytes() if path.exists() else None
        if os.path.exists(f"/{name}"):
            path.unlink(missing_ok=True)
            shutil.copy(f"/{name}", path)
    yield
    for path, content in kept.items():
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)


# --- building ------------------------------------------------------------------------------------

def chroot_apt(root, *words):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1",
                   "LC_ALL": "C"}
    run("chroot", root, *APT, *words, env=environment)


def build_base():
    new = BASE.with_name("base.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    source = mirror()
    run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}",
        *keyring_options(new.parent, source), RELEASE, new, source, env={**os.environ, **proxies()})
    give_apt_configuration(new)
    (new / "etc/resolv.conf").write_text("# no name server: a host of the bed knows addresses\n")
    (new / "etc/machine-id").write_text("")
    shutil.rmtree(new / "var/cache/apt/archives", ignore_errors=True)
    new.rename(BASE)


def build_layer(package):
    """What installing the package adds, as the upper directory of an overlay on the base. To be
    called where mounts are private."""
    new = layer(package).with_name(f"{package}.new")
    shutil.rmtree(new, ignore_errors=True)
    upper, work, root = (new / name for name in ("upper", "work", "root"))
    for directory in (upper, work, root):
        directory.mkdir(parents=True)
    run("mount", "-t", "overlay", "overlay",
        "-o", f"lowerdir={BASE},upperdir={upper},workdir={work}", root)
    run("mount", "-t", "proc", "proc", root / "proc")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    with network_names(root):
        chroot_apt(root, "update")
        chroot_apt(root, "install", "-y", "--no-install-recommends", package)
        chroot_apt(root, "clean")
    policy.unlink()
    shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)
    run("umount", root / "proc")
    run("umount", root)
    upper.rename(layer(package))
    shutil.rmtree(new)


def build(packages=LAYERS):
    """Builds what is missing; two at once wait for each other, and what was broken off is begun
    again."""
    BASE.parent.mkdir(parents=True, exist_ok=True)
    with open(BASE.parent / "lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not BASE.is_dir():
            print(f"building a Debian root in {BASE.parent}: minutes, but only once",
                  file=sys.stderr, flush=True)
            build_base()
        for package in packages:
            if not layer(package).is_dir():
                print(f"adding the layer {package}", file=sys.stderr, flush=True)
                build_layer(package)


def build_apart():
    """`build` as a program of its own, whose mounts nobody else sees."""
    if subprocess.run([sys.executable, "-B", __file__], stdout=subprocess.DEVNULL,
                      check=False).returncode != 0:
        raise OSError("the Debian root for hosts cannot be built")


def begin():
    """As a program: gives up the right to set the clock and leaves the mounts of this machine."""
    if seclusion.can_set_clock():
        seclusion.run_again("capsh", "--drop=cap_sys_time", "--", "-c", 'exec "$0" "$@"')
    if os.environ.get(APART) is None:
        os.environ[APART] = "yes"
        seclusion.run_again("unshare", "--mount")
    try:
        build(sys.argv[1:] or LAYERS)
    except OSError as error:
        sys.exit(f"{Path(__file__).name}: {error}")
    print(BASE.parent)


if __name__ == "__main__":
    begin()
