"""The tunnels that can be measured: how each is started between the two namespaces of a lab."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from lab import OTHER, UNDERLAY, run, until

HERE = Path(__file__).resolve().parent
DEVICE = "bench0"
PORT = 5555
INNER_MTU = 1420  # Culvert's and WireGuard's default; the others are set to it
SUITES = ("wireguard", "aes-256-gcm", "aegis-256", "aegis-128l")


class Tunnel:
    """One tunnel in a lab. The base class is none at all: the load crosses the veth itself."""

    addresses = {"A": "10.77.0.1", "B": "10.77.0.2"}

    def __init__(self, lab):
        self.lab = lab

    @classmethod
    def missing(cls):
        """What would have to be installed; empty when it can run here."""
        return []

    def start(self):
        """Starts both ends and gives the seconds until a ping passed."""
        self.prepare()
        began = time.monotonic()
        for side in "AB":
            self.start_end(side)
        while time.monotonic() - began < 20:
            if subprocess.run(["ip", "netns", "exec", self.lab.spaces["A"], "ping", "-n", "-q", "-c", "1", "-W", "0.2",
                               self.addresses["B"]], capture_output=True, timeout=10).returncode == 0:
                return time.monotonic() - began
        raise RuntimeError(f"no ping passed within 20 s of the start: {self.lab.last_words()}")

    def prepare(self):
        """What is done once before and does not count as start-up: keys."""

    def start_end(self, side):
        """Starts one end and sets its device up."""

    def clean(self):
        """Removes what does not go with the lab."""

    def write(self, name, text):
        """Writes a file of the lab that its owner alone may read."""
        path = self.lab.work / name
        path.parent.mkdir(exist_ok=True)
        path.touch(0o600)
        path.write_text(text)
        return path

    def set_up(self, side, mtu, device=DEVICE):
        until(lambda: self.lab.ip(side, "link", "show", "dev", device, check=False), 10, f"device {device}: {self.lab.last_words()}")
        self.lab.ip(side, "addr", "add", f"{self.addresses[side]}/24", "dev", device)
        self.lab.ip(side, "link", "set", device, "mtu", str(mtu), "up")


class Veth(Tunnel):
    addresses = UNDERLAY


class Vxlan(Tunnel):
    """The kernel's own, without encryption."""

    @classmethod
    def missing(cls):
        try:  # in a namespace that goes with the command
            run("unshare", "-n", "ip", "link", "add", DEVICE, "type", "vxlan", "id", "1", "dstport", "4789")
            return []
        except RuntimeError:
            return ["vxlan in the kernel"]

    def start_end(self, side):
        self.lab.ip(side, "link", "add", DEVICE, "type", "vxlan", "id", "7", "local", UNDERLAY[side], "remote", UNDERLAY[OTHER[side]],
                    "dstport", "4789", "dev", "wan0")
        self.set_up(side, 1450)


class Culvert(Tunnel):
    """Through the script beside this one."""

    suite = "wireguard"
    network = "udp"

    @staticmethod
    def program():
        return os.environ.get("CULVERT", str(HERE / "../../artifacts/publish/Host/release/culvert"))

    @classmethod
    def missing(cls):
        return [] if os.access(cls.program(), os.X_OK) else [f"{cls.program()} (dotnet publish src/Host -c Release)"]

    def prepare(self):
        for side in "AB":
            key = run(self.program(), "keygen")
            self.write(f"{side}.key", key)
            self.write(f"{side}.pub", run(self.program(), "pubkey", input=key))

    def start_end(self, side):
        environment = os.environ | {"TB_WORK": str(self.lab.work), "TB_LIFETIME": str(self.lab.lifetime), "CULVERT": self.program(),
                                    "CULVERT_SUITE": self.suite, "CULVERT_NETWORK": self.network}
        run(HERE / "culvert", "start", side, self.lab.spaces[side], DEVICE, f"{self.addresses[side]}/24", self.addresses[OTHER[side]],
            UNDERLAY[side], UNDERLAY[OTHER[side]], env=environment)


class WireGuardGo(Tunnel):
    """WireGuard's own program for user space."""

    @classmethod
    def missing(cls):
        return not_found("wireguard-go", "wg")

    def prepare(self):
        for side in "AB":
            key = run("wg", "genkey")
            self.write(f"{side}.key", key)
            self.write(f"{side}.pub", run("wg", "pubkey", input=key))

    def start_end(self, side):
        device, other = self.device(side), OTHER[side]
        self.lab.daemon(side, "wireguard-go", "-f", device)
        until(self.socket(side).exists, 10, f"control socket of {device}: {self.lab.last_words()}")
        self.lab.inside(side, "wg", "set", device, "private-key", self.lab.work / f"{side}.key", "listen-port", str(PORT), "peer",
                        (self.lab.work / f"{other}.pub").read_text().strip(), "endpoint", f"{UNDERLAY[other]}:{PORT}",
                        "allowed-ips", f"{self.addresses[other]}/32")
        self.set_up(side, INNER_MTU, device)

    def clean(self):
        for side in "AB":
            self.socket(side).unlink(missing_ok=True)

    @staticmethod
    def device(side):
        """The control socket is named after the device and lies outside the namespace: another name for each end and run."""
        return f"bench{side.lower()}{os.getpid()}"[:15]

    def socket(self, side):
        return Path(f"/var/run/wireguard/{self.device(side)}.sock")


class Tinc(Tunnel):
    """tinc 1.0 in router mode with its own choice of cipher."""

    @classmethod
    def missing(cls):
        return not_found("tincd")

    def prepare(self):
        for side in "AB":
            folder = self.lab.work / side
            folder.mkdir()
            # Without PMTUDiscovery = no the first seconds of packets go over TCP, until UDP has been probed.
            self.write(f"{side}/tinc.conf", f"Name = {side}\nConnectTo = {OTHER[side]}\nInterface = {DEVICE}\nMode = router\n"
                                            f"BindToAddress = {UNDERLAY[side]}\nPMTUDiscovery = no\n")
            self.write(f"{side}/hosts/{side}", f"Address = {UNDERLAY[side]}\nPort = {PORT}\nSubnet = {self.addresses[side]}/32\n"
                                               "PMTUDiscovery = no\n")
            run("tincd", "-c", folder, "-K", "2048")
        for side in "AB":
            shutil.copy(self.lab.work / side / "hosts" / side, self.lab.work / OTHER[side] / "hosts")

    def start_end(self, side):
        folder = self.lab.work / side
        self.lab.daemon(side, "tincd", "-c", folder, "-D", f"--pidfile={folder / 'pid'}")
        self.set_up(side, INNER_MTU)


class OpenVpn(Tunnel):
    """OpenVPN 2.6 in TLS mode over UDP, two equal ends, AES-256-GCM, its data path in user space."""

    @classmethod
    def missing(cls):
        return not_found("openvpn", "openssl")

    def prepare(self):
        self.fingerprints = {}
        for side in "AB":
            certificate = self.lab.work / f"{side}.crt"
            run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", f"/CN={side}", "-keyout", self.write(f"{side}.key", ""), "-out", certificate)
            told = run("openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
            self.fingerprints[side] = told.split("=")[1].strip()

    def start_end(self, side):
        other = OTHER[side]
        role = ("--tls-server", "--dh", "none") if side == "A" else ("--tls-client",)
        self.lab.daemon(side, "openvpn", "--dev", DEVICE, "--dev-type", "tun", "--proto", "udp", "--disable-dco",
                        "--local", UNDERLAY[side], "--lport", str(PORT), "--remote", UNDERLAY[other], str(PORT),
                        "--ifconfig", self.addresses[side], self.addresses[other], "--tun-mtu", str(INNER_MTU),
                        "--data-ciphers", "AES-256-GCM", "--cipher", "AES-256-GCM",
                        "--cert", self.lab.work / f"{side}.crt", "--key", self.lab.work / f"{side}.key",
                        "--peer-fingerprint", self.fingerprints[other], *role)


def not_found(*programs):
    return [program for program in programs if not shutil.which(program)]


def known():
    """Every tunnel by its label, installed or not."""
    kinds = {"none (veth)": Veth, "vxlan": Vxlan, "tinc": Tinc, "wireguard-go": WireGuardGo, "openvpn": OpenVpn}
    kinds |= {f"culvert {suite}": type("Culvert", (Culvert,), {"suite": suite}) for suite in SUITES}
    return kinds | {"culvert tcp": type("Culvert", (Culvert,), {"network": "tcp"})}
